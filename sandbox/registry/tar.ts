/** One entry of a layer's tar: a file, a folder or a symbolic link. */
export interface TarEntry {
  /** Path inside the image, without a leading slash. */
  readonly path: string;
  readonly mode: number;
  readonly body?: Buffer;
  /** Where a symbolic link points to; makes the entry one. */
  readonly linkTarget?: string;
  readonly isFolder?: boolean;
}

const blockBytes = 512;

/**
 * Packs entries as a POSIX tar (ustar, with pax headers where a path is too long for it). The result
 * depends on the entries alone (time 0, owner root), so that equal content has an equal digest.
 *
 * Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block".
 */
export function packTar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => entryBlocks(entry));
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

function entryBlocks(entry: TarEntry): Buffer[] {
  const path = entry.isFolder === true ? `${entry.path}/` : entry.path;
  const link = entry.linkTarget ?? '';
  const body = entry.body ?? Buffer.alloc(0);
  const type = entry.isFolder === true ? '5' : entry.linkTarget === undefined ? '0' : '2';
  return [
    ...paxBlocks(path, link),
    header({ path, link, type, mode: entry.mode, size: body.length }),
    body,
    padding(body.length),
  ];
}

/** A pax header for the names that do not fit into 100 bytes; none where both do. */
function paxBlocks(path: string, link: string): Buffer[] {
  const records = [paxRecord('path', path), paxRecord('linkpath', link)].join('');
  if (records === '') return [];
  const body = Buffer.from(records);
  return [
    header({ path: 'pax', link: '', type: 'x', mode: 0o644, size: body.length }),
    body,
    padding(body.length),
  ];
}

function paxRecord(key: string, value: string): string {
  if (Buffer.byteLength(value) <= 100) return '';
  const rest = ` ${key}=${value}\n`;
  const restBytes = Buffer.byteLength(rest);
  // The length counts its own digits.
  let length = restBytes + String(restBytes).length;
  length = restBytes + String(length).length;
  return `${length}${rest}`;
}

function header(fields: { path: string; link: string; type: string; mode: number; size: number }): Buffer {
  const block = Buffer.alloc(blockBytes);
  Buffer.from(fields.path).copy(block, 0, 0, 100);
  block.write(octal(fields.mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(fields.size, 11), 124);
  block.write(octal(0, 11), 136);
  block.write('        ', 148);
  block.write(fields.type, 156);
  Buffer.from(fields.link).copy(block, 157, 0, 100);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\u0000 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function padding(size: number): Buffer {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes);
}
