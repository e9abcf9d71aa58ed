import { describe, expect, it } from 'vitest';
import { secretAssignments } from '../../../../src/stages/hygiene/tracked-files/assignments.ts';
import { credentialsIn } from '../../../../src/stages/hygiene/tracked-files/credentials.ts';

describe('with the line ends of Windows', () => {
  it.each([
    ['.pgpass', '# ours\r\ndb.acme.org:5432:app:app:k2Vq9mZr7p\r\n'],
    ['.netrc', 'machine x\r\nlogin y password k2Vq9mZr7p\r\n'],
    ['config/master.key', `\r\n${'0f1e2d3c4b5a6978'.repeat(2)}\r\n`],
  ])('the login in %s is seen', (path, text) => {
    expect(credentialsIn(path, text).map(({ line }) => line)).toEqual([2]);
  });

  it('the secret in a file of assignments is seen', () => {
    const text = 'A=1\r\nAPI_TOKEN=9f8s7dKq2mVx41\r\ndb_password = "k2$Vq9!mZr7p"\r\n';
    expect(secretAssignments(text)).toEqual([
      { line: 2, name: 'API_TOKEN' },
      { line: 3, name: 'db_password' },
    ]);
  });
});
