import { ValidationErrors, isKnown, quote } from '../../private/validation';

/** The approval status of a model card. */
export enum ModelCardStatus {
  /** The model card is a work in progress. */
  DRAFT = 'Draft',

  /** The model card is pending review. */
  PENDING_REVIEW = 'PendingReview',

  /** The model card is approved. */
  APPROVED = 'Approved',

  /** The model card is archived and can no longer be updated. */
  ARCHIVED = 'Archived',
}

/**
 * The model card: intended use, training details and limitations of a model.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const card = sagemaker.ModelCard.fromJson('{"model_overview": {"model_description": "Customer churn"}}');
 */
export class ModelCard {
  /**
   * Creates a model card from JSON in the schema of SageMaker model cards.
   *
   * @param content the JSON object, at most 100,000 characters
   * @param status the approval status of the model card
   */
  public static fromJson(content: string, status: ModelCardStatus = ModelCardStatus.DRAFT): ModelCard {
    return new ModelCard(content, status);
  }

  private constructor(
    /** The content of the model card as JSON. */
    public readonly content: string,
    /** The approval status of the model card. */
    public readonly status: ModelCardStatus,
  ) {
    const errors = new ValidationErrors('Model card', 'model-packages');
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
