/** An ARM template that cannot be evaluated; worded for the person who deploys it. */
export class ArmTemplateError extends Error {
  override readonly name = 'ArmTemplateError';
}
