import { describe, expect, it } from 'vitest';
import { registryAccess } from '../../../src/stages/preflight/lookups/ecr-lookups.ts';

const AWS = '123456789012.dkr.ecr.us-east-1.amazonaws.com';

describe('registryAccess', () => {
  it.each([
    [`https://${AWS}`, AWS, `https://${AWS}/`],
    // Another account's repository: the login is of our own registry, and good there too.
    [`https://${AWS}`, `210987654321${AWS.slice(12)}`, `https://210987654321${AWS.slice(12)}/`],
    ['http://127.0.0.1:5000', '127.0.0.1:5000', 'http://127.0.0.1:5000/'],
    ['http://localhost:5000', '127.0.0.1:5000', 'http://127.0.0.1:5000/'],
    ['https://127.0.0.1:5000', 'localhost:5000', 'https://localhost:5000/'],
    [`https://${AWS}`, '127.0.0.1:5000', 'http://127.0.0.1:5000/'],
    [`https://${AWS}`, 'registry.example.com', 'https://registry.example.com/'],
  ])('of the login at %s and the repository at %s is %s', (endpoint, host, expected) => {
    const login = { username: 'AWS', password: 'pass', endpoint: new URL(endpoint) };
    const repository = {
      name: 'team/app',
      uri: `${host}/team/app`,
      registryId: '123456789012',
      mutability: 'MUTABLE' as const,
      mutabilityExclusions: [],
    };
    expect(registryAccess(login, repository).endpoint.href).toBe(expected);
  });
});
