import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createReadStream, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ChannelInput } from './opt-ml';
import { recordIo } from './record-io';
import { shuffled } from './random';

/**
 * A channel in Pipe mode: `<channel>_0`, `<channel>_1` and so on, a FIFO for each time that the program reads the data
 * through. The next one is there when the last one is read or closed.
 */
export class Pipe {
  private feeder?: ChildProcess;
  private isOver = false;

  private constructor(
    private readonly directory: string,
    private readonly channel: ChannelInput,
  ) {}

  /** Makes the first FIFO, and feeds it and the following ones until it is closed. */
  public static open(directory: string, channel: ChannelInput): Pipe {
    const pipe = new Pipe(directory, channel);
    const first = pipe.fifo(0);
    void pipe.feedAll(first);
    return pipe;
  }

  /** Whoever still reads gets an end of the data. */
  public close(): void {
    this.isOver = true;
    this.feeder?.kill('SIGKILL');
  }

  private async feedAll(first: string): Promise<void> {
    for (let epoch = 0, fifo = first; !this.isOver; fifo = this.fifo(++epoch)) await this.feed(fifo, epoch);
  }

  private fifo(epoch: number): string {
    const fifo = path.join(this.directory, `${this.channel.name}_${epoch}`);
    execFileSync('mkfifo', ['-m', '666', fifo]);
    return fifo;
  }

  /** A process of its own opens the FIFO: that waits until somebody reads, and a process can be ended while it waits. */
  private async feed(fifo: string, epoch: number): Promise<void> {
    const feeder = spawn('sh', ['-c', 'exec cat > "$0"', fifo], { stdio: ['pipe', 'ignore', 'ignore'] });
    this.feeder = feeder;
    const closed = new Promise((resolve) => feeder.on('close', resolve));
    // A program that closes early has read enough of this epoch.
    await pipeline(Readable.from(this.bytes(epoch)), feeder.stdin).catch(() => undefined);
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
