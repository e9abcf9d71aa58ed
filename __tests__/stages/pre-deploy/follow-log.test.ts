import { describe, expect, it } from 'vitest';
import { LogFollow, type LogPage } from '../../../src/stages/pre-deploy/follow-log.ts';
import { absent, type Reading, seen, unreadable } from '../../../src/stages/rollout/observation.ts';
import { ObservationFault } from '../../../src/stages/rollout/ports.ts';

const query = {
  destination: { group: '/ecs/app', region: 'us-east-1', prefix: 'app' },
  container: 'app',
  taskArn: 'arn:task/c/1',
};
const page = (next: string, isEnd: boolean, ...lines: readonly string[]): Reading<LogPage> =>
  seen({ lines, next, isEnd });

/** A follower that is given these answers, one a call; the last one repeats. */
function following(...answers: readonly (Reading<LogPage> | Error)[]) {
  const asked: (string | undefined)[] = [];
  const printed: string[] = [];
  const logs = {
    page: (_: unknown, from: string | undefined) => {
      const answer = answers[Math.min(asked.length, answers.length - 1)] ?? absent;
      asked.push(from);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  const { signal } = new AbortController();
  const follow = new LogFollow(query, logs, (line) => printed.push(line), signal);
  return { follow, asked, printed };
}

describe('LogFollow', () => {
  it('shows each line once, going on where it was', async () => {
    const { follow, asked, printed } = following(page('f/2', true, 'one', 'two'), page('f/3', true, 'three'));
    expect(await follow.read()).toBe(2);
    expect(await follow.read()).toBe(1);
    expect(printed).toEqual(['  | one', '  | two', '  | three']);
    expect(asked).toEqual([undefined, 'f/2']);
  });

  it('catches up with at most three calls a look', async () => {
    const { follow, asked } = following(page('f', false, 'more'));
    await follow.read();
    expect(asked).toHaveLength(3);
  });

  it('begins where it was after an answer that was lost, and while there is no stream yet', async () => {
    const lost = new ObservationFault('unreachable', 'no answer');
    const { follow, asked, printed } = following(
      absent,
      page('f/1', true, 'one'),
      lost,
      page('f/2', true, 'two'),
    );
    for (const lines of [0, 1, 0, 1]) expect(await follow.read()).toBe(lines);
    expect(printed).toEqual(['  | one', '  | two']);
    expect(asked).toEqual([undefined, undefined, 'f/1', 'f/1']);
    expect(follow.isOpen).toBe(true);
  });

  it('says once that it may not be read, and asks no more', async () => {
    const { follow, asked, printed } = following(unreadable('logs:GetLogEvents'));
    await follow.read();
    await follow.read();
    expect(printed).toEqual(["  its log can't be shown: logs:GetLogEvents is denied"]);
    expect(asked).toHaveLength(1);
    expect(follow.isOpen).toBe(false);
  });

  it('stops at a length that people read, and says where the rest is', async () => {
    const { follow, printed } = following(
      page('f', true, ...Array.from({ length: 3_000 }, (_, i) => `line ${i}`)),
    );
    await follow.read();
    expect(printed).toHaveLength(2_001);
    expect(printed.at(-1)).toContain('log group /ecs/app');
    expect(follow.isOpen).toBe(false);
  });

  it('lets nothing in it act as a command or run over the width', async () => {
    const { follow, printed } = following(
      page('f', true, '::set-output name=x::1', '##[error]no', `\u001b[31m${'y'.repeat(900)}`),
    );
    await follow.read();
    expect(printed[0]).toBe('  | : :set-output name=x::1');
    expect(printed[1]).not.toContain('##[');
    expect(printed[2]).toMatch(/^ {2}\| y{499}…$/);
  });
});
