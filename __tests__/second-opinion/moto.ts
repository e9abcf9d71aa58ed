import { spawn } from 'node:child_process';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { STSClient } from '@aws-sdk/client-sts';
import { answers, end, freePort } from './docker-registry.ts';

/** The SDK's clients of the services that both simulate. */
export interface Clients {
  readonly sts: STSClient;
  readonly ecr: ECRClient;
  readonly ecs: ECSClient;
  readonly logs: CloudWatchLogsClient;
}

/** Clients of the AWS at an endpoint, whoever simulates it. */
export function clientsAt(
  endpoint: string,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Clients {
  const settings = { region: 'us-east-1', endpoint, credentials, maxAttempts: 1 };
  return {
    sts: new STSClient(settings),
    ecr: new ECRClient(settings),
    ecs: new ECSClient(settings),
    logs: new CloudWatchLogsClient(settings),
  };
}

/** Where a task runs. */
export interface Network {
  readonly subnet: string;
  readonly securityGroup: string;
}

/** A moto server, an AWS that others simulated (https://docs.getmoto.org), on loopback. */
export async function startMoto(program: string): Promise<{
  readonly url: string;
  readonly clients: Clients;
  readonly network: Network;
  readonly close: () => Promise<void>;
}> {
  const port = await freePort();
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  try {
    await answers(`${url}/moto-api/`, child);
  } catch (error) {
    await end(child);
    throw error;
  }
  const clients = clientsAt(url, { accessKeyId: 'testing', secretAccessKey: 'testing' });
  return { url, clients, network: await defaultNetwork(url), close: () => end(child) };
}

/** The default network: moto starts a task in none that it does not know. */
async function defaultNetwork(url: string): Promise<Network> {
  const first = async (action: string, id: RegExp): Promise<string> => {
    const answer = await query(url, 'ec2', { Action: action, Version: '2016-11-15' });
    const [, found] = id.exec(answer) ?? [];
    if (found === undefined) throw new Error(`moto's ${action} names none: ${answer.slice(0, 300)}`);
    return found;
  };
  return {
    subnet: await first('DescribeSubnets', /<subnetId>(subnet-\w+)</),
    securityGroup: await first('DescribeSecurityGroups', /<groupId>(sg-\w+)</),
  };
}

/** Asks moto for what no client here has, and gives its XML. It verifies no signature. */
export async function query(
  url: string,
  service: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const authorization = `AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=none`;
  const body = new URLSearchParams(parameters);
  const answer = await fetch(url, { method: 'POST', headers: { authorization }, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`moto refuses ${parameters['Action']}: ${text.slice(0, 400)}`);
  return text;
}
