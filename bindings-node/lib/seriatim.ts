/**
 * Which serialised units a recall affects, who owns them, and who cannot be reached.
 *
 * Begin with {@link Index}.
 *
 * @packageDocumentation
 */
export {
  CancelledError,
  ConflictError,
  CorruptError,
  type ErrorCode,
  InvalidArgumentError,
  IoError,
  NotFoundError,
  ScopeError,
  ScopeFieldError,
  ScopeSyntaxError,
  SeriatimError,
  UnsupportedError,
} from './errors.js';
export { type ArrowModule, Frame, type ReadOptions } from './frame.js';
export { ElementString, Scanned } from './gs1.js';
export {
  type BuildOptions,
  type Clause,
  type CompactOptions,
  type CompactReport,
  type CreateOptions,
  type Explanation,
  type FamilyChangeOptions,
  type FamilyChangeReport,
  Index,
  type OpenOptions,
  type PruneReport,
  type SelectOptions,
  type SnapshotOptions,
  type Verification,
} from './index_folder.js';
export type {
  CommonOptions,
  IdentifierReport,
  Input,
  LoadOptions,
  LoadReport,
  RegistrationOptions,
  RegistrationReport,
  RetireOptions,
  RetireReport,
  WritingOptions,
} from './load.js';
export {
  type Channel,
  type Contact,
  type ContactOptions,
  Ownership,
  type OwnedGroup,
  type Purpose,
  type Reach,
  type Registration,
  type UnreachableReason,
} from './ownership.js';
export {
  type Assumption,
  type Finding,
  type ReasonRows,
  RangeTable,
  type RangeTableOptions,
  type RangeTableReport,
  type TableRow,
} from './range_table.js';
export {
  type FoldReport,
  type Receipt,
  type RegisterOptions,
  Registrar,
  type RegistrarOptions,
  type RegistrationInput,
  type RegistrationName,
} from './registrar.js';
export type { Cell } from './rows.js';
export {
  BoundScope,
  type CheckPolicy,
  type Column,
  type ColumnDeclaration,
  type Columns,
  type ColumnType,
  type DecidingClause,
  type Decision,
  type FamilyDeclaration,
  type Inference,
  type InferredFamily,
  type InputOf,
  type Notice,
  type Row,
  Schema,
  SerialFamily,
  type Unit,
  type ValueOf,
  type Verdict,
} from './schema.js';
export {
  col,
  type DatePart,
  namespace,
  type ParameterValues,
  Scope,
  type ScopeLike,
  type ScopeTree,
  serial,
  serialField,
  SerialSet,
  Term,
} from './scope.js';
export {
  Lookup,
  type Move,
  type NamespaceOptions,
  type NearMiss,
  type ReasonUnits,
  ScopeDiff,
  Selection,
} from './selection.js';
export type { CallOptions, Progress } from './task.js';
export { setThreads, threads } from './threads.js';
export {
  beside,
  type BesideGroup,
  By,
  type DescribedRange,
  type Description,
  type Group,
  type SegmentRows,
  type UnitLike,
  type UnitName,
  UnitSet,
} from './unit_set.js';
export { Literal, mask, param, type UnitValue, type Value } from './values.js';
