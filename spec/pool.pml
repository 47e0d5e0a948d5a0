/* pool.pml: connection pools that wait for each other where no database sees it (C29).
 *
 * Modelled: two strict writers (level L3) that hold a primary connection and then want a secondary one, two appliers
 * that need both kinds, bounded pools of both sides.
 * Checked: nobody waits for ever (Spin's invalid end states), which is W7: following never blocks a business write.
 *
 * Options (-DNAME=VALUE):
 *   ORDER=SECONDARY_FIRST   (wrong) an applier holds its secondary connection and waits for the primary pool
 *   ORDER=PRIMARY_FIRST     everybody takes the primary connection first
 *   ORDER=RESERVED          appliers read the primary through a pool of their own
 *   PRIMARY_POOL, SECONDARY_POOL   sizes
 */
#define SECONDARY_FIRST 0
#define PRIMARY_FIRST   1
#define RESERVED        2

#ifndef ORDER
#define ORDER RESERVED
#endif
#ifndef PRIMARY_POOL
#define PRIMARY_POOL 1
#endif
#ifndef SECONDARY_POOL
#define SECONDARY_POOL 1
#endif

byte primary_free = PRIMARY_POOL, secondary_free = SECONDARY_POOL, reserved_free = 1;

#define TAKE(pool) atomic { pool > 0 -> pool-- }
#define GIVE(pool) pool++

proctype StrictWriter() {
  byte writes = 0;
  do
  :: writes < 2 ->
     TAKE(primary_free);
     TAKE(secondary_free);
     skip;
     GIVE(primary_free);
     GIVE(secondary_free);
     writes++
  :: else -> break
  od
}

proctype Applier() {
  byte applies = 0;
  do
  :: applies < 2 ->
#if ORDER == SECONDARY_FIRST
     TAKE(secondary_free);
     TAKE(primary_free);
     GIVE(primary_free);
     GIVE(secondary_free);
#elif ORDER == PRIMARY_FIRST
     TAKE(primary_free);
     TAKE(secondary_free);
     GIVE(secondary_free);
     GIVE(primary_free);
#else
     TAKE(secondary_free);
     TAKE(reserved_free);
     GIVE(reserved_free);
     GIVE(secondary_free);
#endif
     applies++
  :: else -> break
  od
}

init {
  atomic { run StrictWriter(); run StrictWriter(); run Applier(); run Applier() }
}
