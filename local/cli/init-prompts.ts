import { CHOICES, type Choice, type Given, choiceErrors, nameError } from '../init';

/** The texts of the prompts, in their order. */
const MESSAGES: Record<Choice, string> = {
  language: 'Language of the algorithm',
  framework: 'Framework',
  layout: 'Images: one for training and inference, or one for each',
  app: 'Language of the CDK app',
  serving: 'Serving',
};

/** Prompts for the choices that are not given. Undefined if the user cancels. */
export async function promptForChoices(
  given: Given,
  choices: Choice[],
  signal: AbortSignal,
): Promise<Given | undefined> {
  const { isCancel, select } = await import('@clack/prompts');
  let answers = given;
  for (const choice of choices) {
    if (answers[choice] !== undefined || !isApplicable(choice, answers)) continue;
    const values = CHOICES[choice].filter((value) => choiceErrors({ ...answers, [choice]: value }).length === 0);
    const answer = await select({
      signal,
      message: MESSAGES[choice],
      options: values.map((value) => ({ value: value, label: value })),
    });
    if (isCancel(answer)) return undefined;
    answers = { ...answers, [choice]: answer };
  }
  return answers;
}

/** Only Python has frameworks. */
function isApplicable(choice: Choice, { language = CHOICES.language[0] }: Given): boolean {
  return choice !== 'framework' || language === 'python';
}

/** Prompts for the name of the project. Undefined if the user cancels. */
export async function promptForName(signal: AbortSignal): Promise<string | undefined> {
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await text({
    signal,
    message: 'Name of the project',
    placeholder: 'my-algorithm',
    validate: (value) => nameError(value ?? ''),
  });
  return isCancel(answer) ? undefined : answer;
}

/** Whether the user confirms. */
export async function promptForConfirmation(message: string, signal: AbortSignal): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ signal, message });
  return !isCancel(answer) && answer;
}
