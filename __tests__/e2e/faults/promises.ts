import type { Deployed } from '../deploy.ts';

/**
 * What CONTRACT promises of every run, held against what really happened: a sentence for each promise that is broken.
 * `faulty` is what the fault was put in the way of; where that is Slack, a message may be lost. `most`: how many
 * deployments may be asked for.
 */
export function brokenPromises({ run, truth }: Deployed, faulty: string, most = 1): readonly string[] {
  const { result = '', 'failure-code': code = '', 'image-digest': digest = '' } = run.outputs;
  const green = run.conclusion === 'success';
  const running = Object.values(truth.runningDigests);
  const latest = truth.images['dyno-agent']?.find(({ tags }) => tags.includes('latest'))?.digest;
  const before = truth.tagMoves.find(({ tag }) => tag === 'latest')?.previous;
  const said = `${run.log}\n${run.summary}\n${JSON.stringify(truth.slackMessages)}`;
  const messages = truth.slackMessages.length;
  const moved = before !== undefined && latest !== before;
  const started = truth.deploymentsStarted.length > 0;
  const broken: readonly (readonly [boolean, string])[] = [
    [
      green &&
        (result !== 'succeeded' || running.some((digests) => digests.join() !== digest) || latest !== digest),
      'false green',
    ],
    [!green && !/^DG[1-8]\d\d$/.test(code), `code ${code || 'missing'}`],
    [truth.updateServiceCalls.length > most, 'a second deployment'],
    [faulty === 'slack' ? messages > 1 : messages !== 1, `${messages} messages`],
    [!green && moved && !/latest/.test(said), 'a moved latest that nobody speaks of'],
    [moved && /Nothing was (changed|pushed)/.test(said), '"nothing was changed", with latest moved'],
    [started && /No service was changed/.test(said), '"no service was changed", with a deployment started'],
    [run.orphans.length > 0, `${run.orphans.length} processes left`],
    [run.filesLeft().length > 0, `left ${run.filesLeft().join()}`],
    [/\n\s+at .*\.js:\d+/.test(run.log), 'a stack trace'],
  ];
  return broken.flatMap(([isBroken, words]) => (isBroken ? [words] : []));
}
