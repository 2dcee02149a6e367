import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { DockerEngine } from '../../../local/container';

describe('Docker Engine', () => {
  test('that is not running is an error, which states how to install it', async () => {
    await expect(new DockerEngine('false').version()).rejects.toThrow(
      'on Debian or Ubuntu, `apt-get install docker.io`',
    );
  });

  test('passes on the id of a container that it has created and cannot start, with the reason', async () => {
    const program = path.join(mkdtempSync(path.join(tmpdir(), 'test-')), 'docker');
    // docker run --detach --cidfile FILE …
    const failure = 'exec: "train": executable file not found in $PATH';
    writeFileSync(program, `#!/bin/sh\necho 123abc > "$4"\necho '${failure}' >&2\nexit 127\n`);
    chmodSync(program, 0o755);
    const created: string[] = [];
    const spec = { image: 'image', command: [], environment: {}, mounts: [], labels: {} };
    const started = new DockerEngine(program).run(spec, (id) => created.push(id));
    await expect(started).rejects.toMatchObject({ startFailure: 'not found' });
    expect(created).toEqual(['123abc']);
  });
});
