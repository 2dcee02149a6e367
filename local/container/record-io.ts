const MAGIC = 0xced7230a;
const HEADER_BYTES = 8;

/** One record of the RecordIO format: a magic number, the length, the content, and zeros up to a multiple of four. */
export function recordIo(content: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
}

/** Splits RecordIO data into its records, each with its header. */
export function recordIoRecords(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < HEADER_BYTES || bytes.readUInt32LE(at) !== MAGIC)
      throw new Error(`No RecordIO record starts at byte ${at}.`);
    const length = bytes.readUInt32LE(at + 4) & 0x1fffffff;
    const end = at + HEADER_BYTES + Math.ceil(length / 4) * 4;
    if (end > bytes.length) throw new Error(`The RecordIO record at byte ${at} is truncated.`);
    records.push(bytes.subarray(at, end));
    at = end;
  }
  return records;
}

const TF_HEADER_BYTES = 12;
const TF_FOOTER_BYTES = 4;

/** Splits TFRecord data into its records: a length of eight bytes and its checksum, the content and its checksum. */
export function tfRecords(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const hasHeader = bytes.length - at >= TF_HEADER_BYTES;
    const end = hasHeader ? at + TF_HEADER_BYTES + Number(bytes.readBigUInt64LE(at)) + TF_FOOTER_BYTES : Infinity;
    if (end > bytes.length) throw new Error(`The TFRecord at byte ${at} is truncated.`);
    records.push(bytes.subarray(at, end));
    at = end;
  }
  return records;
}
