// @module-tag local
import '../../support/direct';
import '../travelTogether.test';
