import { SHARED, runNotebooks } from '../notebooks';

// The other notebooks are run by `npm run test:nightly`.
test('The notebooks of the example algorithm have the outputs that are saved in them, and leave nothing behind', async () => {
  const { code, output } = await runNotebooks('check', SHARED);
  expect({ code, output }).toMatchObject({ code: 0 });
});
