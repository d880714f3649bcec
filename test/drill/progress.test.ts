import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progress } from '../../src/drill/progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function said(isTTY: boolean) {
  let text = '';
  const told = progress('on nginx 1.30.6', { isTTY, write: (more) => (text += more) });
  return { told, text: () => text };
}

describe('the progress of a drill', () => {
  it('rewrites one line on a terminal, and takes it away', () => {
    const { told, text } = said(true);
    told.begins(12, 9_600, false);
    expect(text()).toBe('measuring 12 faults on nginx 1.30.6: 10s at most\n');
    vi.advanceTimersByTime(999);
    for (let count = 0; count < 10; count++) told.measured();
    vi.advanceTimersByTime(1);
    expect(text().split('\n')[1]).toBe('\r10 of 12 measured, 9s left at most');
    vi.advanceTimersByTime(8_000);
    told.stop();
    expect(text().split('\r').slice(-3)).toEqual(['10 of 12 measured, 1s left at most', ' '.repeat(34), '']);
    vi.advanceTimersByTime(60_000);
    expect(text().endsWith('\r')).toBe(true);
  });

  it('is sparse in a log, and silent when it is over soon', () => {
    const { told, text } = said(false);
    told.begins(12, 25_000, false);
    vi.advanceTimersByTime(9_999);
    expect(text().split('\n')).toHaveLength(2);
    vi.advanceTimersByTime(20_001);
    told.stop();
    expect(text()).toBe(
      'measuring 12 faults on nginx 1.30.6: 25s at most\n0 of 12 measured, 15s left at most\n0 of 12 measured, 5s left at most\n0 of 12 measured, 0s left at most\n',
    );
  });

  it('says when something is measured again', () => {
    const { told, text } = said(false);
    told.begins(12, 5_000, false);
    told.begins(1, 2_500, true);
    told.stop();
    expect(text().split('\n')[1]).toBe('1 took longer than predicted: measured again, alone; 3s at most');
  });
});
