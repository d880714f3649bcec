# Many TCP addresses that do not answer SYN packets, or answer them late, in one process. Started by farm.ts.
#
# The queue of a listener with backlog 0 holds one connection, this program makes that one itself, and Linux drops every
# further SYN and counts it. Each address serves one measurement, whose attempts come one after the other, so a drop is
# an attempt and nobody need look for who sent it.
#
# Reads from standard input
#   blackhole ADDRESS PORT MS   no SYN is answered; clients give up after MS
#   late ADDRESS PORT MS        the first retransmission (1.03 s after the SYN) is answered, then silence
#   watch ADDRESS               say each attempt at once, and let late ones in; before that nothing is looked at
#   count ADDRESS               how many attempts there were
#   close ADDRESS               give it back
# and says `ready ADDRESS`, `attempt ADDRESS`, `count ADDRESS NUMBER`. Ends when standard input does.
use strict;
use warnings;
use Socket;
use IO::Handle;
use Fcntl;
use Time::HiRes qw(time);

use constant SO_MEMINFO => 55;   # its 9th number is the drop counter
use constant REPEATS_S => (1.03, 3.1, 7.2, 15.5, 32, 65);   # when Linux sends a SYN again
use constant OPEN_AFTER_S => 0.85;   # before the first retransmission, long after the SYN

STDOUT->autoflush(1);
my %holes;
my $input = '';

while (1) {
  my $reads = '';
  vec($reads, fileno(STDIN), 1) = 1;
  my $watching = grep { $_->{watched} } values %holes;
  if (select($reads, undef, undef, $watching ? 0.005 : undef)) {
    exit 0 unless sysread(STDIN, $input, 65536, length $input);
    command($1) while $input =~ s/^([^\n]*)\n//;
  }
  for (values %holes) { look($_) if $_->{watched} }
}

sub command {
  my ($word, $name, $port, $limit) = split ' ', $_[0];
  if ($word eq 'watch') { $holes{$name}{watched} = 1 }
  elsif ($word eq 'close') { delete $holes{$name} }
  elsif ($word eq 'count') { look($holes{$name}); print "count $name $holes{$name}{attempts}\n" }
  else { $holes{$name} = open_hole($name, $word eq 'late', $limit / 1000, pack_sockaddr_in($port, inet_aton($name))); print "ready $name\n" }
}

sub open_hole {
  my ($name, $late, $limit, $target) = @_;
  socket(my $listener, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
  setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1) or die "setsockopt: $!";
  bind($listener, $target) or die "bind: $!";
  listen($listener, 0) or die "listen: $!";
  nonblocking($listener);
  socket(my $filler, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
  nonblocking($filler);
  connect($filler, $target);
  # An answer takes less than a millisecond. Without one somebody else was first: the queue is full all the same.
  my $writes = '';
  vec($writes, fileno $filler, 1) = 1;
  select(undef, $writes, undef, 0.03);
  my $hole = { name => $name, late => $late, limit => $limit, listener => $listener, filler => $filler, attempts => 0, watched => 0, taken => [] };
  $hole->{drops} = drops($hole);
  return $hole;
}

sub look {
  my ($hole) = @_;
  my $now = time;
  my $new = drops($hole) - $hole->{drops};
  $hole->{drops} += $new;
  for (1 .. $new) {
    next if is_repeat($hole, $now);
    $hole->{attempts}++;
    $hole->{started} = $now;
    $hole->{repeats} = [grep { $_ < $hole->{limit} } REPEATS_S];
    $hole->{open_at} = $now + OPEN_AFTER_S;
    print "attempt $hole->{name}\n";
  }
  return unless $hole->{late} && defined $hole->{open_at} && $now >= $hole->{open_at};
  # What is in the queue leaves it; the client that is let in next fills it again by itself.
  delete $hole->{open_at};
  $hole->{repeats} = [];
  while (accept(my $socket, $hole->{listener})) { push @{$hole->{taken}}, $socket }
}

# With a limit of more than a second the client sends its SYN again: each time once, and that is no further attempt.
sub is_repeat {
  my ($hole, $now) = @_;
  my $after = $now - ($hole->{started} // $now);
  my $repeats = $hole->{repeats} // [];
  shift @$repeats while @$repeats && $after > $repeats->[0] * 1.07 + 0.1;
  # Its beginning may have been noticed late.
  return 0 unless @$repeats && $after > $repeats->[0] - 0.25;
  shift @$repeats;
  return 1;
}

sub drops {
  my ($hole) = @_;
  my $info = getsockopt($hole->{listener}, SOL_SOCKET, SO_MEMINFO);
  die "the kernel does not tell dropped SYNs" unless defined $info && length $info >= 36;
  return (unpack 'L9', $info)[8];
}

sub nonblocking {
  my ($handle) = @_;
  fcntl($handle, F_SETFL, fcntl($handle, F_GETFL, 0) | O_NONBLOCK) or die "fcntl: $!";
}
