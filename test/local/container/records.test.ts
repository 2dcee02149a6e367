import * as fc from 'fast-check';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { recordIo, recordIoRecords, tfRecords } from '../../../local/container/record-io';
import { batchesOf } from '../../../local/container/records';

const directory = mkdtempSync(path.join(tmpdir(), 'records-'));

async function batches(
  content: Buffer,
  split: 'None' | 'Line' | 'RecordIO' | 'TFRecord',
  { isSingle = false, maxBytes = 1024 } = {},
): Promise<string[]> {
  const file = path.join(directory, 'data');
  writeFileSync(file, content);
  const all: string[] = [];
  for await (const { records, separator } of batchesOf(file, { split, isCompressed: false }, { isSingle, maxBytes })) {
    all.push(records.map((record) => record.toString('latin1')).join(separator));
  }
  return all;
}

function tfRecord(content: string): Buffer {
  const header = Buffer.alloc(12);
  header.writeBigUInt64LE(BigInt(content.length), 0);
  return Buffer.concat([header, Buffer.from(content), Buffer.alloc(4)]);
}

describe('Records', () => {
  test('of RecordIO are read as they were written, with any content', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (contents) => {
        const written = contents.map(recordIo);
        expect(recordIoRecords(Buffer.concat(written))).toEqual(written);
      }),
      { examples: [[[new Uint8Array(70_000), new Uint8Array(1)]]] },
    );
  });

  test.each([
    ['without its magic number', Buffer.from('not a record'), 'No RecordIO record starts at byte 0.'],
    ['that ends early', recordIo(Buffer.from('abcdef')).subarray(0, 12), 'The RecordIO record at byte 0 is truncated.'],
  ])('of RecordIO are rejected: one %s', (_, bytes, message) => {
    expect(() => recordIoRecords(bytes)).toThrow(message);
  });

  test('of TFRecord are split by their lengths, and a truncated one is rejected', () => {
    const all = [tfRecord('a'), tfRecord('bcd')];
    expect(tfRecords(Buffer.concat(all))).toEqual(all);
    expect(() => tfRecords(Buffer.concat(all).subarray(0, 30))).toThrow('The TFRecord at byte 17 is truncated.');
  });
});

describe('Batches', () => {
  test('have as many lines as fit, or one each', async () => {
    const lines = Buffer.from('aa\nbb\n\ncc\n');
    expect(await batches(lines, 'Line', { maxBytes: 5 })).toEqual(['aa\nbb', 'cc']);
    expect(await batches(lines, 'Line', { isSingle: true })).toEqual(['aa', 'bb', 'cc']);
  });

  test('of binary records have no separators', async () => {
    const [first, second] = [recordIo(Buffer.from('a')), recordIo(Buffer.from('b'))];
    const whole = Buffer.concat([first, second]);
    expect(await batches(whole, 'RecordIO')).toEqual([whole.toString('latin1')]);
    expect(await batches(whole, 'RecordIO', { isSingle: true })).toHaveLength(2);
  });

  test('reject a record that is larger than a request may be', async () => {
    await expect(batches(Buffer.from('aaa\n'), 'Line', { maxBytes: 2 })).rejects.toThrow(
      'A record has 3 bytes, but MaxPayloadInMB allows 2.',
    );
    await expect(batches(Buffer.from('aaa\n'), 'None', { maxBytes: 2 })).rejects.toThrow(
      'data, which is not split, has 4 bytes, but MaxPayloadInMB allows 2.',
    );
  });
});
