import { describe, expect, it } from 'vitest';
import { defaultPasswords } from '../../../../src/stages/hygiene/compose/default-passwords.ts';
import { composeRules } from '../../../../src/stages/hygiene/compose/group.ts';
import { exampleRepository } from '../example-repository.ts';

/** The level of each finding about one service `it`. */
async function levels(service: string): Promise<readonly string[]> {
  const files = { 'compose.yaml': `services:\n  it:\n${service.replaceAll(/^/gm, '    ')}\n` };
  const subject = await composeRules.read(exampleRepository({ name: '', files }));
  return (subject ? defaultPasswords.find(subject) : []).map(({ level = defaultPasswords.level }) => level);
}

const grafana = (ports: string, password = '') =>
  `image: grafana/grafana:12.1.0\nports: [${ports}]${password && `\nenvironment:\n  GF_SECURITY_ADMIN_PASSWORD: ${password}`}`;

describe('a default password', () => {
  it.each([
    ['of Grafana, on all interfaces', grafana('"3000:3000"', 'admin'), ['warning']],
    ['of Grafana, on one other interface', grafana('"192.168.1.4:3000:3000"', 'admin'), ['warning']],
    ['of Grafana that is given none', grafana('"3000:3000"'), ['warning']],
    ['of Grafana, for this machine alone', grafana('"127.0.0.1:3000:3000"', 'admin'), []],
    ['of Grafana, given none, for this machine alone', grafana('"[::1]:3000:3000"'), []],
    ['of Grafana, by a variable', grafana('"3000:3000"', '${GF_PASSWORD:?}'), []],
    [
      'of a database',
      'image: postgres:17\nports: ["5432:5432"]\nenvironment: { POSTGRES_PASSWORD: postgres }',
      ['note'],
    ],
  ])('%s', async (_, service, expected) => {
    expect(await levels(service)).toEqual(expected);
  });
});
