import type { Starter } from './first-request.ts';

const keys = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const aws = { AWS_ENDPOINT_URL: '{url}', AWS_REGION: 'us-east-1', ...keys };
const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/dyno-agent:latest';

/** How a workflow starts each action until its first question. That of two is to somebody else than AWS. */
export const starts: Readonly<
  Record<string, Omit<Starter, 'folder'> & { readonly first: 'AWS' | 'Slack' | 'docker' }>
> = {
  'deploy-guard': {
    first: 'AWS',
    asks: 'http',
    env: { AWS_ENDPOINT_URL: '{url}', ...keys },
    inputs: {
      'aws-region': 'us-east-1',
      'ecr-repository': 'dyno-agent',
      service: 'dyno-agent-service',
      mode: 'check',
    },
  },
  'aws-actions/configure-aws-credentials': {
    first: 'AWS',
    asks: 'http',
    env: { AWS_ENDPOINT_URL: '{url}' },
    inputs: {
      'aws-region': 'us-east-1',
      'aws-access-key-id': keys.AWS_ACCESS_KEY_ID,
      'aws-secret-access-key': keys.AWS_SECRET_ACCESS_KEY,
      'disable-retry': 'true',
    },
  },
  'aws-actions/amazon-ecr-login': { first: 'AWS', asks: 'http', env: aws, inputs: {} },
  'docker/build-push-action': {
    first: 'docker',
    asks: 'docker',
    env: {},
    inputs: { context: '.', push: 'true', tags: image },
  },
  'aws-actions/amazon-ecs-render-task-definition': {
    first: 'AWS',
    asks: 'http',
    env: aws,
    inputs: { 'task-definition-family': 'dyno-agent', 'container-name': 'app', image },
  },
  'aws-actions/amazon-ecs-deploy-task-definition': {
    first: 'AWS',
    asks: 'http',
    env: aws,
    inputs: {
      'task-definition': 'task-definition.json',
      service: 'dyno-agent-service',
      cluster: 'dyno-agent-cluster',
    },
    files: {
      'task-definition.json': JSON.stringify({
        family: 'dyno-agent',
        containerDefinitions: [{ name: 'app', image }],
      }),
    },
  },
  'slackapi/slack-github-action': {
    first: 'Slack',
    asks: 'http',
    env: {},
    inputs: {
      webhook: '{url}/services/T000/B000/XXXX',
      'webhook-type': 'incoming-webhook',
      payload: '{"text":"deployed"}',
      retries: '0',
    },
  },
};
