// @module-tag local
import '../../support/direct';
import '../triggerBatch.test';
