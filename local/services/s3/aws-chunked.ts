import { Transform } from 'node:stream';

/** Decodes the content encoding `aws-chunked`: chunks of `<size>[;extension]\r\n<bytes>\r\n`, then trailers. */
export class AwsChunked extends Transform {
  private pending: Buffer = Buffer.alloc(0);
  private left = 0;
  private state: 'size' | 'data' | 'end of data' | 'trailers' = 'size';

  public override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.pending = Buffer.concat([this.pending, chunk]);
    while (this.advance());
    done();
  }

  /** Reads the next element; false if the rest of it has not been received yet. */
  private advance(): boolean {
    switch (this.state) {
      case 'size': {
        const end = this.pending.indexOf('\r\n');
        if (end < 0) return false;
        this.left = parseInt(this.pending.subarray(0, end).toString().split(';')[0], 16);
        this.pending = this.pending.subarray(end + 2);
        this.state = this.left === 0 ? 'trailers' : 'data';
        return true;
      }
      case 'data': {
        const data = this.pending.subarray(0, this.left);
        if (data.length === 0) return false;
        this.push(data);
        this.left -= data.length;
        this.pending = this.pending.subarray(data.length);
        if (this.left === 0) this.state = 'end of data';
        return true;
      }
      case 'end of data':
        if (this.pending.length < 2) return false;
        this.pending = this.pending.subarray(2);
        this.state = 'size';
        return true;
      case 'trailers':
        return false;
    }
  }
}
