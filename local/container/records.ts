import { createReadStream } from 'node:fs';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { recordIoRecords, tfRecords } from './record-io';

export type Split = 'None' | 'Line' | 'RecordIO' | 'TFRecord';

/** The records of a file. Only lines are streamed; a file of another format is read as a whole. */
async function* recordsOf(file: string, split: Split, isCompressed: boolean): AsyncGenerator<Buffer> {
  const bytes = createReadStream(file);
  const source = isCompressed ? bytes.pipe(createGunzip()) : bytes;
  if (split === 'Line') {
    for await (const line of createInterface({ input: source, crlfDelay: Infinity })) {
      if (line !== '') yield Buffer.from(line);
    }
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk as Buffer);
  const whole = Buffer.concat(chunks);
  if (split === 'RecordIO') yield* recordIoRecords(whole);
  else if (split === 'TFRecord') yield* tfRecords(whole);
  else yield whole;
}

/** The records of one request. */
export interface Batch {
  readonly records: Buffer[];
  readonly separator: string;
}

/** Groups records: as many as fit into a request, or each alone. */
export async function* batchesOf(
  file: string,
  { split, isCompressed }: { readonly split: Split; readonly isCompressed: boolean },
  { isSingle, maxBytes }: { readonly isSingle: boolean; readonly maxBytes: number },
): AsyncGenerator<Batch> {
  const separator = split === 'Line' ? '\n' : '';
  let records: Buffer[] = [];
  let size = 0;
  for await (const record of recordsOf(file, split, isCompressed)) {
    if (record.length > maxBytes) {
      const subject = split === 'None' ? `${path.basename(file)}, which is not split,` : 'A record';
      throw new Error(`${subject} has ${record.length} bytes, but MaxPayloadInMB allows ${maxBytes}.`);
    }
    const isFull = isSingle || size + separator.length + record.length > maxBytes;
    if (records.length > 0 && isFull) {
      yield { records, separator };
      records = [];
      size = 0;
    }
    size += record.length + (records.length > 0 ? separator.length : 0);
    records.push(record);
  }
  if (records.length > 0) yield { records, separator };
}
