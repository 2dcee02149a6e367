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

  const SPEC = { image: 'image', command: [], environment: {}, mounts: [], labels: {} };

  /** An engine whose program is a shell script: its fourth argument is the file for the id (docker run --detach --cidfile FILE …). */
  function engineOf(script: string): DockerEngine {
    const program = path.join(mkdtempSync(path.join(tmpdir(), 'test-')), 'docker');
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
    return new DockerEngine(program);
  }

  test('passes on the id of a container that it has created and cannot start, with the reason', async () => {
    const engine = engineOf(
      `echo 123abc > "$4"; echo 'exec: "train": executable file not found in $PATH' >&2; exit 127`,
    );
    const created: string[] = [];
    const started = engine.run(SPEC, (id) => created.push(id));
    await expect(started).rejects.toMatchObject({ startFailure: 'not found' });
    expect(created).toEqual(['123abc']);
  });

  test('passes on the printed id of a container if the program does not write the file', async () => {
    const created: string[] = [];
    await engineOf('echo 123abc').run(SPEC, (id) => created.push(id));
    expect(created).toEqual(['123abc']);
  });
});
