// @module-tag local
import '../../support/direct';
import '../emitAndClaim.test';
