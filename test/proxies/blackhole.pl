# A TCP port of 127.0.0.1 that does not answer SYN packets, or answers them late. Started by blackhole.ts.
#
#   perl blackhole.pl PORT [DRAIN_MS]
#
# The queue of a listener with backlog 0 holds one connection; this program makes that one itself, and Linux drops every
# further SYN. With DRAIN_MS the queue is emptied that long after a SYN was seen, so that the client's next
# retransmission (1.03 s after the first SYN, then 3.1 s) is answered; the connection is then read, but never served.
# After that the queue is filled again. A SYN that was dropped shows in the listener's drop counter; who sent it is found
# in the kernel's socket table (state SYN_SENT). That table is slow to read, so it is read only when it tells something.
#
# Says on standard output: `ready`, `syn` for each client whose SYN was dropped, `request METHOD URL` for each request
# that came over a late connection. Ends when standard input does, so it cannot outlive the process that started it.
use strict;
use warnings;
use Socket;
use IO::Handle;
use Fcntl;
use Time::HiRes qw(time);

use constant SO_MEMINFO => 55;   # Linux 4.12 on x86, arm and most others; its 9th number is the drop counter
use constant POLL_S => 0.01;

my ($port, $drain_ms) = @ARGV;   # at least 1 ms
my $target = pack_sockaddr_in($port, INADDR_LOOPBACK);
my $hex = sprintf '0100007F:%04X', $port;
# The kernel writes addresses in the machine's byte order.
$hex = sprintf '7F000001:%04X', $port if pack('S', 1) ne pack('v', 1);

socket(my $listener, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1) or die "setsockopt: $!";
bind($listener, $target) or die "bind 127.0.0.1:$port: $!";
listen($listener, 0) or die "listen: $!";
nonblocking($listener);
STDOUT->autoflush(1);

my %fillers;      # our own connections in the queue, by local address
my %first_seen;   # local address of a waiting client => when its SYN was first noticed (s)
my %late;         # late connections by file number: [socket, start of the request, reported]
my $is_open = 0;
my $dropped = 0;

fill();
$dropped = drops();
print "ready\n";

while (1) {
  my $reads = '';
  vec($reads, $_, 1) = 1 for fileno(STDIN), keys %late;
  if (select($reads, undef, undef, POLL_S)) {
    exit 0 if vec($reads, fileno(STDIN), 1) && !sysread(STDIN, my $ignored, 4096);
    for (keys %late) { receive($_) if vec($reads, $_, 1) }
  }
  my $drops = drops();
  next if $drops == $dropped && !($drain_ms && %first_seen) && !$is_open;
  $dropped = $drops;
  my $now = time;
  my %waiting = map { $_ => 1 } waiting_clients();
  # Who waits no longer got through or gave up.
  delete @first_seen{grep { !$waiting{$_} } keys %first_seen};
  for my $client (keys %waiting) {
    next if $first_seen{$client};
    $first_seen{$client} = $now;
    print "syn\n";
  }
  next unless defined $drain_ms;
  my $due = grep { $now - $_ >= $drain_ms / 1000 } values %first_seen;
  if ($due || $is_open) { drain() }
  if ($is_open && !$due) { fill(); $dropped = drops() }
  $is_open = $due;
}

# Takes all finished connections out of the queue. Our own are closed, the others are kept open.
sub drain {
  while (my $address = accept(my $socket, $listener)) {
    next if delete $fillers{text($address)};
    nonblocking($socket);
    $late{fileno $socket} = [$socket, '', 0];
  }
}

# Makes the one connection that fills the queue, and proves by a second one that it is full.
sub fill {
  for (1 .. 4) {
    my $socket = try_connect() or return;
    $fillers{text(getsockname $socket)} = $socket;
  }
  die "127.0.0.1:$port still answers, its queue does not fill";
}

# A connection, or nothing when it is not answered within 30 ms (on loopback an answer takes less than one).
sub try_connect {
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
  nonblocking($socket);
  connect($socket, $target);
  my $writes = '';
  vec($writes, fileno $socket, 1) = 1;
  return select(undef, $writes, undef, 0.03) ? $socket : undef;
}

# How many SYNs the listener has dropped. Where the kernel does not tell, always another number: then the table is read.
sub drops {
  my $info = getsockopt($listener, SOL_SOCKET, SO_MEMINFO);
  return defined $info && length $info >= 36 ? (unpack 'L9', $info)[8] : $dropped + 1;
}

sub receive {
  my ($number) = @_;
  my $connection = $late{$number};
  my $count = sysread $connection->[0], my $bytes, 65536;
  return delete $late{$number} if defined $count && $count == 0;
  return unless $count;
  $connection->[1] .= $bytes if length $connection->[1] < 8192;
  return if $connection->[2] || $connection->[1] !~ /^(\S+) (\S+) HTTP\/[^\n]*\n/;
  $connection->[2] = 1;
  print "request $1 $2\n";
}

# Local addresses of all sockets that have sent a SYN to our port and got no answer (state 02).
sub waiting_clients {
  my @list;
  open my $table, '<', '/proc/net/tcp' or die "/proc/net/tcp: $!";
  while (<$table>) { push @list, $1 if /^\s*\d+: ([0-9A-F:]+) $hex 02 / }
  close $table;
  return @list;
}

sub text {
  my ($port, $address) = unpack_sockaddr_in($_[0]);
  return sprintf '%08X:%04X', unpack('L', $address), $port;
}

sub nonblocking {
  my ($handle) = @_;
  fcntl($handle, F_SETFL, fcntl($handle, F_GETFL, 0) | O_NONBLOCK) or die "fcntl: $!";
}
