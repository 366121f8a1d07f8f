import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

/*
 * Databases of released versions have these migrations. The launcher and the Supabase CLI refuse a file that has changed
 * since it was applied, and a changed one would never reach those databases. With each release its files join the list.
 */

const dir = path.join(import.meta.dirname, '../../supabase/migrations');

/** SHA-256 of each file that was released: with 0.1.0 those of 20261101, then of 20261126 those of 0001 to 0020 (0.2.0), 0101 to 0104 (0.3.0), 0201 to 0209 (0.4.0), of 20261127 those of 0100 to 0109 (0.4.1), 1100 to 1109 (0.5.0), 2300 and 2309 (0.6.0), of 20261128 (0.7.0), of 20261129 (0.8.0). */
const frozen: Record<string, string> = {
  '20261101000100_webhook_ids.sql': '871a3411cf8c0569f9090d8d6fc5f51eea7283fb43888ef334388470f5ab4c1a',
  '20261101000200_webhook_roles.sql': '15d7c55548903aa51ea93047499c913daa55c26270a98b78b5a5c4120796ad41',
  '20261101000300_webhook_tables.sql': 'c26f609cf7caa76f83a6a42092372e81a6b6bb8258e4fed876b65d0de5472adf',
  '20261101000400_webhook_policies.sql': '117fd2c729001bf88c973bb8f0e351a35d69a810575b3c245da0171e8164575c',
  '20261101000500_webhook_triggers.sql': '706093de9613abfac70ba08cf99f885ee9fa14d23d362a40a60a51a66eac29d6',
  '20261101000600_emit_webhook_event.sql': '0e8c34992a5113c804146a80226b7f52e9109026347bb2a745643ce604e5fd70',
  '20261101000700_claim_webhook_deliveries.sql':
    'a442f03106cab21cd56c94276d1e93c2491b8403628416ec182cd318f562896e',
  '20261101000800_settle_webhook_deliveries.sql':
    '77a9a3daf2d2804e0048806faca15c9549e0dc82aa84fd0382d8a3f9a5ed45b1',
  '20261101000900_redeliver_webhook_deliveries.sql':
    '94c0b7ec714c1461f0d0db2e0daea131c50857026b015c8bb2a1a5610d8a06ab',
  '20261101001000_test_webhook_delivery.sql':
    'c0cbbd5a21a9acf8d51033a492dd3ed3b72f2d600aa5d26b060fd0875f5052e3',
  '20261101001100_manage_webhooks.sql': '1b5b5a90c7e946c70b99354015173c1e9575e0b3f897168e43604fda9845450d',
  '20261101001200_maintain_webhooks.sql': '26e6377f0cd45a160e81b4a619e45bd8ad06fd9a6eef0fe47c90e8b125692dc9',
  '20261101001300_crm.sql': 'b9ae3f758e95dc93f7c6463af77860a4f86dd4aec929cce9c17e44e5463ef403',
  '20261101001400_playground.sql': 'f044a93eca54060ef4cebe3fab9aee32fe868fce20394ccc6d38b1e8a6ff0aad',
  '20261101001500_webhook_statistics.sql': '7c1a538b9d45f5cba51edf82e90bd791195f29b5630f0d138d4a0079d87935dc',
  '20261126000100_one_truth.sql': 'd6b02880b13846bc5be172b5545776ea3f41c671ee9bdb1092e73c026ff2d671',
  '20261126000200_claim_webhook_deliveries.sql':
    '42de1c141a334d9d0736b60d9415636dd397fd0c16a47eb5cef1c82d7d403140',
  '20261126000300_settle_webhook_deliveries.sql':
    '85f0fe58b60b68438aa546e8a23a3e3f991590b4df710c8056b001556ece1629',
  '20261126000400_redeliver_and_cancel.sql':
    '5e785b5d0dc0733a039f768acc3c1ec93008ed95a67d012fd172c4a2c318e5f0',
  '20261126000500_emit_webhook_event.sql': '3dc549d27157e2faeb1238b102482921ebc421d2c7622c2eac48a2107cf2dd3c',
  '20261126000600_crm_events.sql': 'c893e7e98de2aca41db3014c9ab3ee0bb93ed769dfe705873ea183df6e081080',
  '20261126001000_webhook_jobs.sql': '3e196bd5c994a8ff691d2a27db3bc50e696eff3cedb450bd3ae4d8e421fdf6ae',
  '20261126001100_webhook_upkeep.sql': '80376b18e2727f810fdcd9f8fcf0720055c904fd8c48ba82b2fbaedf122fa899',
  '20261126001200_webhook_figures.sql': '1d4b1ba830dba35fb40212211441ebfed6bb68e30edb2d4d628c5de863b7e8ec',
  '20261126001900_search_webhook_deliveries.sql':
    '2fa7e16234a16ad90cc6772baf76e033440d9a5694925291b74cc77b87ea0203',
  '20261126002000_schema_version.sql': '7c675055361abaebad0e5d4b57bf4245e4ca48afaad742ca591643fc7c0c6cb7',
  '20261126010100_webhook_deliveries.sql': '207a497e60ff771198b414c5c5c8031902ee8490a8b48b67f21648dd57b62983',
  '20261126010200_claim_webhook_deliveries.sql':
    '2976fb4966b289728378704b9ad979caf5042b495d6c62a96c9a0ca58f938565',
  '20261126010300_settle_webhook_deliveries.sql':
    'f5c8cd1f956c376cea0daa3424745ce10a17f8e097dce45f64c3f0dee4e4c4af',
  '20261126010400_function_grants.sql': 'ca9fe28f1116298f08d613d9a8172cd703907ae94cf0f54a5834fa5ccc8e9771',
  '20261126020100_webhook_job_steps.sql': '3e21bb3f768537808e8c43121890bdd2dede2415e9878d95b2c89965755c7929',
  '20261126020110_emit_exact_numbers.sql': 'ab83690226529c2dea827e5d8957dda80c001c372e54fafbc2a1945dbf2c9e10',
  '20261126020120_claim_floor.sql': 'aa6b7a447b25e1fd323fca92862dd9797fe170cc23a1383aa069b946898d1be1',
  '20261126020200_strict_rows.sql': '73cf85db5364faa614acf7f4c32e8f45df29d5e49f2b464aea25b97df9b01102',
  '20261126020210_bounded_arguments.sql': 'bc949d2650f400acefd9c1c0f63e52f14dbdb15837466fab12a914f2eed28b5a',
  '20261126020220_covering_indexes.sql': '64c6b0e4ee1428d98346d913047cf4cd25481aeeb4667e86910a0812e1afca0c',
  '20261126020230_service_grants.sql': '060905801a12efae7f4ddf14079f1bc36f31def4db9e90e26d309618d8192846',
  '20261126020310_webhook_marks.sql': '97062da0364443d9d7de95ee05e0bac15b0c553c712bdb357a632f6053e30dfd',
  '20261126020320_note_webhook_chore_failure.sql':
    'f9cfaa9156a2c1b6067b8a4f448efddf42d1483d24ad59de1978e7961fadb03d',
  '20261126020400_wake_drains.sql': 'e8fe697d21213596110881445e507a0cbeed18e18ac8c446af64fb8bed305080',
  '20261126020500_ended_sessions.sql': '33a13545e3725eb1541f5d6402ba7ff8e757183cbc6dd52f4f82fffe80edc772',
  '20261126020510_playground_bytes.sql': '9f40a4c96fedcfe1e77dbe84b040d0004dad09ee8bdcef951e61c19129ab30db',
  '20261126020520_search_webhook_deliveries.sql':
    'c9d90c02d38c5cdb6b134c272a9950644902feb53deef15ab22785bf759e127a',
  '20261126020900_schema_version.sql': 'c21121a388ce9871a074d153b50056b5fa5ca5368172cde0834807c760b485ef',
  '20261127010000_bounded_chores.sql': '5f598bebb7013f5d23866e56e420ff348f2fbf8924748c36be279cf4e4d69107',
  '20261127010010_redeliver_in_line.sql': '3c6d7230eed2e79aeca7269e30e5c81298ae219bcfbc8186fbabadb4a4a5ca00',
  '20261127010020_replay_in_order.sql': '4bdb6fdb49eb5274b9c7c874d268a9f7ba64222985e5d14180b6c4da5204cb84',
  '20261127010900_schema_version.sql': '2d22e81f50f4a3008e5820df084d9c0974dd6f30eea21c8e44d91c73c5c7a50a',
  '20261127110000_emit_webhook_events_each.sql':
    '4a57c939cc7b13d3d622a9a9bc936cb4fb11c8cd87f2ec5ce6dd201bf6bbfebd',
  '20261127110100_dozing_drains.sql': '1c4a70934f82f7d3196d560584ccbf5361a6910f4737ffc4aa87468a6f63b406',
  '20261127110200_emit_and_claim.sql': '7cf75fd2d8b2f9ab899e629a212d2aeafd86f6d246efe9c9e5ce6e7d386abb70',
  '20261127110900_schema_version.sql': '236f038138d824fc8ae1430a1e3fcf13ca032848af0650f1b680ba8b55b138ac',
  '20261127230000_stripes.sql': '96082874ccabca16f699bf4b7cc1d710f6b49af9a839dc9501e3383a6480b231',
  '20261127230900_schema_version.sql': '46503f3ee699740db40cb249f81a4bf9be7b0d750003f04dacb98deae3bfc343',
  '20261128010000_floor_of_each.sql': '5f9a7eb86c470e578e343c054f0490a75f42214cd1e365d8a07112722f2c0b03',
  '20261128020000_webhook_event_types.sql':
    'ccf329fa5b86d1f373e8b5455f8192fd2059a0bbba6e27a99b152e38216a66c4',
  '20261128020100_webhook_sources.sql': '6f079a46d30755b1cdd03efb9372233074e8f9026603ee108dc9cc2a642bed19',
  '20261128030000_webhook_conditions.sql': 'd575c2690104f5b3284349573234a6bdce403850379abbce137ee2094b734d0f',
  '20261128030100_webhook_event_words.sql':
    'f9e5ee731fb9541953369a4f7ab6ca46b6311f5bdaa16631c4e59dad544139ab',
  '20261128040000_what_is_true.sql': 'cd620df821709fdeda65d46a20a3342178922ba4af190e1e40366242c0494a9f',
  '20261128100000_record_order_tables.sql':
    'b3041a81c66f538edaa6255d27be8718fd054a25de3c0f12de65ad99b3536351',
  '20261128100100_record_order.sql': '6c1a9f945dcfac999d41c6e7d786d921d1e4bd51fd49d2762dbee2f27f348cc1',
  '20261128120000_erased_records.sql': '68c541c0d9ea09baf322cc8d644e8fa975683e01bfa9316ea7d7f74755500d86',
  '20261128120100_erase_webhook_record.sql':
    '54dc34d7776603cc51a43f3bd7440fc2c57618dc0a2621ffc889f09c10259adb',
  '20261128120200_erasures_meet.sql': '424733678c8f3f2dc70aaca8d10896829c8fbe28c5695e3d5f50826c21ef3e14',
  '20261128130000_webhook_journal.sql': 'de6923a612866516d259ad1cd05788c2957ce52056a7c8382128827e8cb4ec45',
  '20261128130100_missing_events.sql': 'bffd3dbcd866874a00e7f5f5875e2b1c9ac60f6613627ebde66991a010ac3a9d',
  '20261128140000_webhook_backfill.sql': 'ae35c0d1c4fd557d701754f952be088a7363bf5c886d1858b2fb2f7b0ce17c7a',
  '20261128190900_schema_version.sql': '2c8d1577dc93e321626fdf1ac2e4374108f52810e9f74d57b2a23eab15be9f14',
  '20261129010000_webhook_tokens.sql': 'b2a41be19e44e545c449d479d4cef002cebd048b49003fdc4edb2ccd303bcb23',
  '20261129010900_schema_version.sql': '17da57d2ea1194b723142e48a40e7d8e14d3cd4df419137107a043ea4f580195',
  '20261129020000_delivery_filters.sql': '3214db6760ed82beffa1c01bf375e57ffe58dd67e4fdf7679b7386d8fda77d85',
  '20261129020100_replay_matching.sql': '3e465ed92471b9d5e348eaa85823835a33bd4081c76513707cc8777c2d22cdb5',
  '20261129020200_webhooks_by_state.sql': '2c4f9a47dc8e3f0bca26a29572dd27902a2f1011c890f00bc0f296621dedeffc',
  '20261129030000_script_versions.sql': 'feba4e13bbbbae8756545e94abeead61c9574875cc9c840909eaa6984548ff5d',
  '20261129030100_script_drafts.sql': 'ace80f50711dd12a8228b406e68f29f8ef9868992c6fb5d656b11f1c2ea4298e',
  '20261129030200_preview_of_patterns.sql':
    '2ff87b725305e7dbf8e23c7f4589ad546cc609c060d7d11fbee24d563046c67e',
  '20261129030900_schema_version.sql': 'f265ba980d6bdf46d12b07a1400ddfaa8c30d3f64ebdbf538f4cc9f4f727e074',
};

it.each(Object.entries(frozen))('%s is as it was released', (file, hash) => {
  const cure = `supabase/migrations/${file} was released and may not change, not even in a comment. Take it back (git log -- supabase/migrations/${file} tells from where) and write what you want to change as a new migration.`;
  const text = readFileSync(path.join(dir, file));
  expect(createHash('sha256').update(text).digest('hex'), cure).toBe(hash);
});

it('nothing is put among or before them', () => {
  const last = Object.keys(frozen).at(-1) ?? '';
  const released = readdirSync(dir).filter((file) => file.endsWith('.sql') && file <= last);
  const cure =
    'A new migration needs a later version than those that were released: databases that have them never see an earlier one.';
  expect(released.sort(), cure).toEqual(Object.keys(frozen));
});
