import { NormalizedSchema } from '@smithy/core/schema';
import { getSmithyContext } from '@smithy/core/transport';

/** A client of the SDK, as far as its middleware goes. */
interface Client {
  // Each client's stack is typed by its own inputs and outputs, none of which matters here.
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

interface Answer {
  readonly output: { $metadata?: unknown };
}

/**
 * Makes a client's answers what their types say. The SDK hands on a number where AWS documents a text, or a list with
 * nothing in a place: what is of another type is left out, as every field may be.
 */
export function withTypedAnswers<T extends Client>(client: T): T {
  const middleware =
    (next: (args: unknown) => Promise<Answer>, context: Record<string, unknown>) => async (args: unknown) => {
      const answer = await next(args);
      const schema: unknown = outputSchemaOf(context);
      if (schema === undefined) return answer;
      const { $metadata } = answer.output;
      const typed = typedValue(NormalizedSchema.of(schema as never), answer.output);
      return { ...answer, output: { ...(typed ?? {}), $metadata } };
    };
  const place = { step: 'initialize', name: 'typedAnswers', priority: 'low' };
  client.middlewareStack.add(middleware as never, place as never);
  return client;
}

/** The last of an operation's schema: `[kind, namespace, name, traits, input, output]`. */
function outputSchemaOf(context: Record<string, unknown>): unknown {
  const { operationSchema } = getSmithyContext(context) as { operationSchema?: readonly unknown[] };
  return operationSchema?.[5];
}

/** The value if it is of the schema's type, without what in it is not; else undefined. */
export function typedValue(schema: NormalizedSchema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isListSchema())
    return Array.isArray(value) ? typedList(schema.getValueSchema(), value) : undefined;
  if (schema.isMapSchema() || schema.isStructSchema()) {
    return typeof value === 'object' && !Array.isArray(value) ? typedFields(schema, { ...value }) : undefined;
  }
  if (schema.isStringSchema()) return typeof value === 'string' ? value : undefined;
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? value : undefined;
  if (schema.isTimestampSchema())
    return value instanceof Date && !Number.isNaN(value.getTime()) ? value : undefined;
  // What is too large for a number comes as a bigint.
  if (schema.isNumericSchema())
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  return value;
}

function typedList(entries: NormalizedSchema, list: readonly unknown[]): readonly unknown[] {
  return list.map((entry) => typedValue(entries, entry)).filter((entry) => entry !== undefined);
}

function typedFields(schema: NormalizedSchema, fields: Record<string, unknown>): Record<string, unknown> {
  const schemas = schema.isMapSchema()
    ? Object.keys(fields).map((name): [string, NormalizedSchema] => [name, schema.getValueSchema()])
    : [...schema.structIterator()];
  const typed = schemas.map(([name, of]): [string, unknown] => [name, typedValue(of, fields[name])]);
  return Object.fromEntries(typed.filter(([, value]) => value !== undefined));
}
