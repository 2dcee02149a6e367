import { ValidationErrors, isKnown, quote } from '../../private/validation';

/** How far a model card has come. */
export enum ModelCardStatus {
  /** It is being written. */
  DRAFT = 'Draft',

  /** Somebody has yet to look at it. */
  PENDING_REVIEW = 'PendingReview',

  /** It may be shown. */
  APPROVED = 'Approved',

  /** It is kept, and no longer shown. */
  ARCHIVED = 'Archived',
}

/**
 * What people should know of a model: what it is for, how it was made, what its limits are.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html
 */
export class ModelCard {
  /**
   * A card in the JSON of SageMaker's schema for model cards.
   *
   * @param content the JSON, at most 100,000 characters
   * @param status how far it has come
   */
  public static fromJson(content: string, status: ModelCardStatus = ModelCardStatus.DRAFT): ModelCard {
    return new ModelCard(content, status);
  }

  private constructor(
    /** The JSON of the card. */
    public readonly content: string,
    /** How far it has come. */
    public readonly status: ModelCardStatus,
  ) {
    const errors = new ValidationErrors('Model card');
    errors.check('content', 'ModelCardContent', content);
    errors.when(
      isKnown(content) && !isJsonObject(content),
      `\`content\` must be a JSON object, got: ${quote(content)}`,
    );
    errors.throwIfAny();
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
