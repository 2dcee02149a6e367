import { DockerEngine } from '../../../local/container';

describe('Docker Engine', () => {
  test('that is not running is an error, which states how to install it', async () => {
    await expect(new DockerEngine('false').version()).rejects.toThrow(
      'on Debian or Ubuntu, `apt-get install docker.io`',
    );
  });
});
