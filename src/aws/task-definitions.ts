import {
  DescribeTaskDefinitionCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { nameInArn } from './arn.ts';
import { keepRawAnswer, type RawJson, sendRawQuestion } from './raw-json.ts';
import { registrableOf } from './registrable.ts';

/** A task definition with every field that AWS knows of, also those that this SDK does not. */
export interface WholeTaskDefinition {
  readonly arn: string;
  /** What RegisterTaskDefinition would take: `family`, `containerDefinitions` and the rest, and the tags. */
  readonly registrable: RawJson;
}

/** Task definitions, read whole and registered whole. Methods throw the SDK's errors: see `readRefusal`. */
export class TaskDefinitions {
  readonly #client: ECSClient;

  constructor(client: ECSClient) {
    this.#client = client;
  }

  /** A task definition by ARN, `family:revision` or family, with its tags. */
  async read(reference: string): Promise<WholeTaskDefinition> {
    const command = new DescribeTaskDefinitionCommand({ taskDefinition: reference, include: ['TAGS'] });
    let raw: RawJson = {};
    keepRawAnswer(command, (json) => {
      raw = json;
    });
    const { taskDefinition } = await this.#client.send(command);
    const whole = raw['taskDefinition'];
    if (!taskDefinition?.taskDefinitionArn || typeof whole !== 'object' || whole === null) {
      throw new Error('DescribeTaskDefinition answered without one');
    }
    return { arn: taskDefinition.taskDefinitionArn, registrable: registrableOf({ ...whole }, raw['tags']) };
  }

  /**
   * Registers a revision and gives its ARN and its name, `family:revision`. A lost answer is followed by another
   * revision, which harms nothing: nobody uses the first.
   */
  async register(definition: RawJson): Promise<{ readonly arn: string; readonly name: string }> {
    const command = new RegisterTaskDefinitionCommand({
      family: String(definition['family']),
      containerDefinitions: [],
    });
    sendRawQuestion(command, definition);
    const { taskDefinition } = await this.#client.send(command);
    const arn = taskDefinition?.taskDefinitionArn;
    if (!arn) throw new Error('RegisterTaskDefinition answered without an ARN');
    return { arn, name: nameInArn(arn) };
  }
}
