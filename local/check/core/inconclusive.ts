/** Another failure keeps a check from finding out whether its requirement is met. The message is the reason. */
export class Inconclusive extends Error {
  public override readonly name = 'Inconclusive';
}
