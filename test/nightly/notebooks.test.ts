import { APPS, runNotebooks } from '../notebooks';

test.each(APPS.map((app) => [app.notebooks.join(', '), app] as const))(
  'The notebooks %s have the outputs that are saved in them, and leave nothing behind',
  async (_, app) => {
    const { code, output } = await runNotebooks('check', app);
    expect({ code, output }).toMatchObject({ code: 0 });
  },
);
