import * as v from 'valibot';

/**
 * What Slack takes in an incoming webhook's payload, as far as deploy-guard's messages can break it.
 *
 * Source: https://docs.slack.dev/reference/block-kit/blocks (limits of each block) and
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#errors
 */
const plainText = (max: number) =>
  v.object({
    type: v.literal('plain_text'),
    text: v.pipe(v.string(), v.minLength(1), v.maxLength(max)),
    emoji: v.optional(v.boolean()),
  });
const anyText = (max: number) =>
  v.variant('type', [
    plainText(max),
    v.object({
      type: v.literal('mrkdwn'),
      text: v.pipe(v.string(), v.minLength(1), v.maxLength(max)),
      verbatim: v.optional(v.boolean()),
    }),
  ]);
const image = v.object({
  type: v.literal('image'),
  image_url: v.pipe(v.string(), v.maxLength(3000)),
  alt_text: v.pipe(v.string(), v.maxLength(2000)),
});
const blockId = v.optional(v.pipe(v.string(), v.maxLength(255)));
const button = v.object({
  type: v.literal('button'),
  text: plainText(75),
  url: v.optional(v.pipe(v.string(), v.maxLength(3000))),
  action_id: v.optional(v.pipe(v.string(), v.maxLength(255))),
});

const block = v.variant('type', [
  v.object({ type: v.literal('header'), text: plainText(150), block_id: blockId }),
  v.pipe(
    v.object({
      type: v.literal('section'),
      text: v.optional(anyText(3000)),
      fields: v.optional(v.pipe(v.array(anyText(2000)), v.minLength(1), v.maxLength(10))),
      accessory: v.optional(v.union([button, image])),
      expand: v.optional(v.boolean()),
      block_id: blockId,
    }),
    v.check(
      (section) => section.text !== undefined || section.fields !== undefined,
      'a section needs text or fields',
    ),
  ),
  v.object({
    type: v.literal('context'),
    elements: v.pipe(v.array(v.union([anyText(3000), image])), v.minLength(1), v.maxLength(10)),
    block_id: blockId,
  }),
  v.object({
    type: v.literal('actions'),
    elements: v.pipe(v.array(button), v.minLength(1), v.maxLength(25)),
    block_id: blockId,
  }),
  v.object({ type: v.literal('divider'), block_id: blockId }),
  v.object({ ...image.entries, title: v.optional(plainText(2000)), block_id: blockId }),
]);

const blocks = v.pipe(v.array(block), v.maxLength(50));
const payload = v.object({
  text: v.optional(v.string()),
  blocks: v.optional(v.array(v.unknown())),
  attachments: v.optional(v.pipe(v.array(v.looseObject({})), v.maxLength(100))),
});

/** A payload as Slack would show it. */
export type SlackPayload = v.InferOutput<typeof payload> & { readonly blocks?: SlackBlock[] | undefined };
export type SlackBlock = v.InferOutput<typeof block>;

/** The longest text that Slack keeps whole; beyond it a message is cut. */
export const textMaxCharacters = 40_000;

/** What Slack makes of a body: the payload, or the word it answers with and why. */
export function readPayload(
  body: string,
): { readonly payload: SlackPayload } | { readonly refusal: string; readonly why: string } {
  const json = parseJson(body);
  if (json === undefined) return { refusal: 'invalid_payload', why: 'the body is not JSON' };
  const outer = v.safeParse(payload, json);
  if (!outer.success) return { refusal: 'invalid_payload', why: v.summarize(outer.issues) };
  const { text, blocks: given, attachments } = outer.output;
  const isEmpty = (text ?? '') === '' && (given ?? []).length === 0 && (attachments ?? []).length === 0;
  if (isEmpty) return { refusal: 'no_text', why: 'there is neither text nor a block' };
  if ((text ?? '').length > textMaxCharacters) {
    return { refusal: 'msg_too_long', why: `text has over ${textMaxCharacters} characters` };
  }
  if (given === undefined) return { payload: { text, attachments } };
  const inner = v.safeParse(blocks, given);
  if (!inner.success) return { refusal: 'invalid_blocks', why: v.summarize(inner.issues) };
  return { payload: { text, attachments, blocks: inner.output } };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
