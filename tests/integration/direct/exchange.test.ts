// @module-tag local
import '../../support/direct';
import '../exchange.test';
