import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createReadStream, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ChannelInput } from './channel';
import { recordIo } from './record-io';
import { shuffled } from './random';

/**
 * A channel in Pipe mode: a FIFO `<channel>_<epoch>` for each epoch in which the program reads the data. The next one is
 * created when the last one has been read or closed.
 */
export class Pipe {
  private writer?: ChildProcess;
  private isClosed = false;

  private constructor(
    private readonly directory: string,
    private readonly channel: ChannelInput,
  ) {}

  /** Creates the first FIFO, and writes the data to it and to its successors until the pipe is closed. */
  public static open(directory: string, channel: ChannelInput): Pipe {
    const pipe = new Pipe(directory, channel);
    const first = pipe.fifo(0);
    void pipe.writeAll(first);
    return pipe;
  }

  /** A program that is still reading gets the end of the file. */
  public close(): void {
    this.isClosed = true;
    this.writer?.kill('SIGKILL');
  }

  private async writeAll(first: string): Promise<void> {
    for (let epoch = 0, fifo = first; !this.isClosed; fifo = this.fifo(++epoch)) await this.write(fifo, epoch);
  }

  private fifo(epoch: number): string {
    const fifo = path.join(this.directory, `${this.channel.name}_${epoch}`);
    execFileSync('mkfifo', ['-m', '666', fifo]);
    return fifo;
  }

  /** A separate process opens the FIFO: opening blocks until the program reads, and a blocked process can be killed. */
  private async write(fifo: string, epoch: number): Promise<void> {
    const writer = spawn('sh', ['-c', 'exec cat > "$0"', fifo], { stdio: ['pipe', 'ignore', 'ignore'] });
    this.writer = writer;
    const closed = new Promise((resolve) => writer.on('close', resolve));
    // A program may close the FIFO before the end of the data.
    await pipeline(Readable.from(this.bytes(epoch)), writer.stdin).catch(() => undefined);
    await closed;
  }

  private async *bytes(epoch: number): AsyncGenerator<Buffer> {
    const { directory, isCompressed, isRecordIo, shuffleSeed } = this.channel;
    const names = filesIn(directory);
    for (const name of shuffleSeed === undefined ? names : shuffled(names, shuffleSeed + epoch)) {
      const file = createReadStream(path.join(directory, name));
      const content = (isCompressed === true ? file.pipe(createGunzip()) : file) as AsyncIterable<Buffer>;
      if (isRecordIo !== true) yield* content;
      else {
        const parts: Buffer[] = [];
        for await (const part of content) parts.push(part);
        yield recordIo(Buffer.concat(parts));
      }
    }
  }
}

/** All files below a directory, in the order of their names. */
function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}
