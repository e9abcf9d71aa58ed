import { describe, expect, it } from 'vitest';
import {
  secretAssignments,
  standInAssignments,
} from '../../../../src/stages/hygiene/tracked-files/assignments.ts';

const kindOf = (line: string) =>
  secretAssignments(line).length > 0 ? 'real' : standInAssignments(line).length > 0 ? 'stand-in' : 'none';

describe('a variable', () => {
  it.each([
    ['REDIS_URL=redis://:k2Vq9mZr7p@cache.internal:6379', 'real'],
    ['DATABASE_URL="postgres://u:p%40ss9Kq2mZr@host/db"', 'real'],
    ['REDIS_URL=redis://cache.internal:6379', 'none'],
    ['API_TOKEN = "9f8s7dKq2mVx41" # of production', 'real'],
    ["export API_TOKEN='9f8s7dKq2mVx41'", 'real'],
    ['DB_PASSWORD=Winter2024', 'real'],
    ['SLACK_WEBHOOK=https://hooks.acme.org/T1/k2Vq9mZr7p', 'real'],
    ['DB_PASSWORD=postgres', 'stand-in'],
    ['JWT_SECRET=your-secret-key', 'stand-in'],
    ['SESSION_SECRET=keyboard cat', 'stand-in'],
    ['SSO_PASSWORD_RESET=https://acme.org/reset', 'none'],
    ['PASSWORD_LINK=https://acme.org/x', 'none'],
    ['PASSWORD_HASHER=argon2id', 'none'],
    ['TOKENIZER=cl100k_base', 'none'],
    ['SECRETS_BACKEND=vault', 'none'],
    ['ACCESS_TOKEN_EXPIRE_MINUTES=30', 'none'],
    ['STRIPE_PUBLISHABLE_KEY=pk_live_51H8s7dKq2mVx41', 'none'],
    ['KAFKA_PASSWORD=${KAFKA_PASSWORD}', 'none'],
    ['COMPASS=north12345', 'none'],
    ['BYPASS=localhost,127.0.0.1', 'none'],
    ['GIT_TOKEN=', 'none'],
  ])('%s has a secret: %s', (line, kind) => {
    expect(kindOf(line)).toBe(kind);
  });
});
