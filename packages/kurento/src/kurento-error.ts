import { CodedError } from '@rivero/core';

/** What Kurento calls each refusal in `error.data.type`, and its number (as recorded from a Kurento Media Server 7.3.1). */
export const kurentoErrorCodes = {
  MARSHALL_ERROR: 40001,
  CONNECT_ERROR: 40004,
  INVALID_SESSION: 40007,
  MALFORMED_TRANSACTION: 40008,
  NOT_ENOUGH_RESOURCES: 40009,
  MEDIA_OBJECT_NOT_FOUND: 40101,
  MEDIA_OBJECT_EVENT_NOT_SUPPORTED: 40106,
  MEDIA_OBJECT_ILLEGAL_PARAM_ERROR: 40107,
  MEDIA_OBJECT_NOT_AVAILABLE: 40108,
  MEDIA_OBJECT_NOT_FOUND_TRANSACTION_NO_COMMIT: 40109,
  MEDIA_OBJECT_TAG_KEY_NOT_FOUND: 40110,
  MEDIA_OBJECT_OPERATION_NOT_SUPPORTED: 40111,
  SDP_PARSE_ERROR: 40201,
  SDP_END_POINT_NO_LOCAL_SDP_ERROR: 40202,
  SDP_END_POINT_NO_REMOTE_SDP_ERROR: 40203,
  SDP_END_POINT_ALREADY_NEGOTIATED: 40208,
  SDP_END_POINT_NOT_OFFER_GENERATED: 40209,
  SDP_END_POINT_ANSWER_ALREADY_PROCCESED: 40210,
  ICE_GATHER_CANDIDATES_ERROR: 40400,
  ICE_ADD_CANDIDATE_ERROR: 40401,
  UNDEFINED: 40500,
} as const;

export type KurentoErrorType = keyof typeof kurentoErrorCodes;

/** A refused request of the Kurento API, as Kurento words it. */
export class KurentoError extends CodedError {
  readonly type: KurentoErrorType;

  constructor(type: KurentoErrorType, message: string) {
    super(`kurento-${type.toLowerCase().replaceAll('_', '-')}`, message);
    this.type = type;
  }
}
