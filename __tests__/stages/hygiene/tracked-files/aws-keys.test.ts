import { describe, expect, it } from 'vitest';
import { awsKeysIn, withoutAwsKeys } from '../../../../src/stages/hygiene/tracked-files/aws-keys.ts';

/** Made here so that no scanner takes them for keys that somebody uses. */
const id = ['AKIA', 'Q3EGXZ5M', 'T7WLVB2N'].join('');
const secret = ['h7Kq2mVx9Zr4pT1w', 'Lc8Yd3Nf6Bg5Js0+', 'Ha1uQe7R'].join('');

describe('the secret of an access key', () => {
  it.each([
    ['in a shell script', `export AWS_ACCESS_KEY_ID=${id}\nexport AWS_SECRET_ACCESS_KEY=${secret}\n`],
    ['with the line ends of Windows', `ID=${id}\r\nSECRET=${secret}\r\n`],
    ['in quotes', `id = "${id}"\nsecret = '${secret}'\n`],
    ['in YAML', `id: ${id}\nsecret: ${secret}\n`],
    ['on one line', `${id}:${secret}`],
  ])('is seen %s, and taken out', (_, text) => {
    expect(awsKeysIn(text)).toEqual([{ line: 1, hasSecret: true }]);
    expect(withoutAwsKeys(text)).not.toContain(secret.slice(4, 36));
  });

  it.each([
    ['a hash', `ID=${id}\nSHA=${'0123456789abcdef'.repeat(3).slice(0, 40)}\n`],
    ['a longer text', `ID=${id}\nX=${secret}${secret}\n`],
    ['nothing', `ID=${id}\n`],
  ])('is not %s', (_, text) => {
    expect(awsKeysIn(text)).toEqual([{ line: 1, hasSecret: false }]);
  });
});
