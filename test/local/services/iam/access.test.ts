import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Context } from '../../../../local/services/context';
import { Permissions } from '../../../../local/services/iam';
import type { Service } from '../../../../local/services/service';
import { createServices } from '../../../../local/services/table';
import { FakeEngine } from '../../fake-engine';

function services(): Service[] {
  const directory = mkdtempSync(path.join(tmpdir(), 'access-'));
  const context = new Context(directory, 'us-east-1', new FakeEngine(), () => '');
  return createServices(context, new Permissions(context, true));
}

test.each(
  services().flatMap(({ signingName, api }) =>
    api === undefined || api.protocol === 'rest' ? [] : [{ signingName, ...api }],
  ),
)('Every operation of $signingName states the permissions that it requires', ({ operations, access }) => {
  expect(Object.keys(access).sort()).toEqual(Object.keys(operations).sort());
});
