import { Channel } from '../../lib';
import { errorOf } from '../stacks';

const long = (length: number): string => 'a'.repeat(length);

interface Case {
  readonly invalid: () => unknown;
  /** A valid value at the limit. */
  readonly valid: () => unknown;
  readonly message: string;
}

describe('Channel', () => {
  test.each<[string, Case]>([
    [
      'a name of more than 64 characters',
      {
        invalid: () => Channel.file(long(65)),
        valid: () => Channel.file(long(64)),
        message: '`name` must have 1 to 64 characters, got 65',
      },
    ],
    [
      'a name with a space',
      {
        invalid: () => Channel.file('my channel'),
        valid: () => Channel.file('my.channel_1-a'),
        message: '`name` must consist of letters, digits, dots, hyphens and underscores, got: "my channel"',
      },
    ],
    [
      'a channel without an input mode',
      {
        invalid: () => Channel.of('a', { inputModes: [] }),
        valid: () => Channel.file('a'),
        message: '`inputModes` must have at least 1 entries, got 0',
      },
    ],
    [
      'a content type of more than 256 characters',
      {
        invalid: () => Channel.file('a', { contentTypes: [long(257)] }),
        valid: () => Channel.file('a', { contentTypes: [long(256)] }),
        message: '`contentTypes[0]` must have at most 256 characters, got 257',
      },
    ],
  ])('rejects %s', (_, { invalid, valid, message }) => {
    expect(errorOf(invalid)).toContain(message);
    expect(valid).not.toThrow();
  });
});
