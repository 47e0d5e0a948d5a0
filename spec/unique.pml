/* unique.pml: applying rows of a table with a second unique key.
 *
 * Modelled: native transactions on the primary that move unique values between rows (swap, hand-over, delete, insert);
 * the secondary enforces the same unique key; appliers (relays) that bring keys over in any order. A row is its unique
 * value; 0 is "no such row".
 *
 * Checked (invariants of DESIGN section 9):
 *   W3  at rest, both sides hold the same rows: no conflict was swallowed               init, last step
 *   W6  two appliers may take the same keys                                             init, last step
 *   W3  an apply does not fail for ever while nothing changes                           NOT_STUCK
 *   the secondary's unique key holds in every committed state                           UNIQUE_HOLDS
 *   No process waits for ever (Spin's invalid end states).
 *
 * Options (-DNAME=VALUE):
 *   APPLY=...            ROW_ALONE     one row at a time; a conflict fails and is tried again
 *                        REPLACE       one row at a time; the conflicting row of the secondary is removed
 *                        OVERWRITE     one row at a time; the conflicting row is overwritten (MySQL's ON DUPLICATE KEY UPDATE)
 *                        CLOSURE       conflicts are looked up before the write: roll back, take the conflicting keys
 *                                      into the batch, lock them in key order, read all in one snapshot, write as one
 *                        CLOSURE_TORN  as CLOSURE, but the batch is read row by row
 *                        OPTIMISTIC    no look before: park the values that change, write, and only on the server's
 *                                      unique violation roll back, look up the conflicting keys, take them in, start again
 *   Only for OPTIMISTIC, whose writes are single steps that wait for other transactions' uncommitted values:
 *   CONFLICT=...         TAKE_IN       the protocol
 *                        SKIP_ROW      (wrong) leave the row out (INSERT IGNORE, ON CONFLICT DO NOTHING)
 *                        TAKE_UNLOCKED (wrong) read the conflicting row before its key is locked, no roll-back
 *   PARK=0               (wrong) do not park the values of the batch before writing them
 *   LOST_SESSIONS        how many times the server may end an applier's session
 *   ROWS (2 or 3), WRITERS, OPERATIONS (per writer), APPLIERS
 *
 * Not modelled here: foreign keys, several unique keys in one table, rows that change anything but the unique value.
 */
#define ROW_ALONE     0
#define REPLACE       1
#define OVERWRITE     2
#define CLOSURE       3
#define CLOSURE_TORN  4
#define OPTIMISTIC    5

#define TAKE_IN       0
#define SKIP_ROW      1
#define TAKE_UNLOCKED 2

#ifndef APPLY
#define APPLY OPTIMISTIC
#endif
#ifndef CONFLICT
#define CONFLICT TAKE_IN
#endif
#ifndef PARK
#define PARK 1
#endif
#ifndef LOST_SESSIONS
#define LOST_SESSIONS 0
#endif
#ifndef ROWS
#define ROWS 3
#endif
#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef OPERATIONS
#define OPERATIONS 1
#endif
#ifndef APPLIERS
#define APPLIERS 2
#endif

#define LAST (ROWS - 1)
#define ME (id + 1)

byte primary[ROWS], secondary[ROWS];       /* committed unique value of each row */
byte key_lock[ROWS], journal[ROWS];
byte writers_done, appliers_done;

#define IN(batch, row) ((batch >> row) & 1)
#define ALL(values) values[0], values[1], (ROWS > 2 -> values[LAST] : 0)     /* for printf */

/* One committed transaction on the primary, its journal entries included. */
#define RECORD(row) journal[row] = journal[row] | (1 << (id * OPERATIONS + operation))
proctype Writer(byte id) {
  byte one = 0, other = 0, operation = 0, moved = 0;
  do
  :: operation < OPERATIONS ->
     atomic {
       if :: one = 0 :: one = 1 :: ROWS > 2 -> one = LAST fi;
       if :: other = 0 :: other = 1 :: ROWS > 2 -> other = LAST fi;
       if
       :: one != other ->
          moved = primary[one]; primary[one] = primary[other]; primary[other] = moved;
          RECORD(one); RECORD(other);
          printf("@ writer%d primary: swap row%d,row%d -> %d %d %d\n", id, one, other, ALL(primary))
       :: one == other && primary[one] != 0 ->
          primary[one] = 0; RECORD(one);
          printf("@ writer%d primary: delete row%d -> %d %d %d\n", id, one, ALL(primary))
       :: one == other && primary[one] == 0 && primary[0] != 1 && primary[1] != 1 && primary[LAST] != 1 ->
          primary[one] = 1; RECORD(one);
          printf("@ writer%d primary: insert row%d := 1 -> %d %d %d\n", id, one, ALL(primary))
       :: else -> skip
       fi;
       one = 0; other = 0; moved = 0; operation++
     }
  :: else -> break
  od;
  writers_done++
}

#define UNIQUE_HOLDS \
  assert(secondary[0] == 0 || secondary[0] != secondary[1]); \
  assert(ROWS < 3 || secondary[0] == 0 || secondary[0] != secondary[LAST]); \
  assert(ROWS < 3 || secondary[1] == 0 || secondary[1] != secondary[LAST])
/* Alone and with no writer left, an apply that fails again and again would do so for ever. */
#define NOT_STUCK if :: writers_done == WRITERS -> attempts++; assert(attempts < 4) :: else fi

/* all keys of the batch, in key order */
inline lock_batch() {
  row = 0;
  do
  :: row < ROWS && IN(batch, row) -> atomic { key_lock[row] == 0 -> key_lock[row] = ME }; row++
  :: row < ROWS && !IN(batch, row) -> row++
  :: row >= ROWS -> break
  od;
  row = 0
}

#if APPLY != OPTIMISTIC

/* some row of the batch wants the value that this row holds */
#define WANTED(held) ((IN(batch, 0) && read[0] == held) || (IN(batch, 1) && read[1] == held) || (IN(batch, LAST) && read[LAST] == held))
/* a torn read: two rows of the batch carry one value, which the server refuses */
#define TWICE(a, b) (IN(batch, a) && IN(batch, b) && read[a] != 0 && read[a] == read[b])

proctype Applier(byte id) {
  byte key = 0, batch = 0, row = 0, attempts = 0; byte read[ROWS], seen[ROWS]; bool ok = 0;
  do
  :: atomic { journal[0] != 0 -> key = 0; batch = 1 } goto start
  :: atomic { journal[1] != 0 -> key = 1; batch = 2 } goto start
  :: atomic { ROWS > 2 && journal[LAST] != 0 -> key = LAST; batch = (1 << LAST) } goto start
  :: writers_done == WRITERS && journal[0] == 0 && journal[1] == 0 && journal[LAST] == 0 -> break;
  start:
     lock_batch();
     /* read the batch on the primary */
#if APPLY == CLOSURE_TORN
     do
     :: row < ROWS -> d_step { if :: IN(batch, row) -> read[row] = primary[row]; seen[row] = journal[row] :: else fi; row++ }
     :: row >= ROWS -> break
     od;
     row = 0;
#else
     d_step {
       do
       :: row < ROWS -> if :: IN(batch, row) -> read[row] = primary[row]; seen[row] = journal[row] :: else fi; row++
       :: row >= ROWS -> break
       od;
       row = 0;
       printf("@ applier%d primary: snapshot of batch %d -> %d %d %d\n", id, batch, ALL(read))
     };
#endif
     /* write the batch on the secondary */
     atomic {
       ok = 1; row = 0;
       do
       :: row < ROWS ->
          if
          :: !IN(batch, row) && secondary[row] != 0 && WANTED(secondary[row]) ->
#if APPLY == REPLACE
             secondary[row] = 0
#elif APPLY == OVERWRITE
             ok = 0; secondary[row] = read[key];
             printf("@ applier%d secondary: overwrites row%d instead of row%d\n", id, row, key); goto overwritten
#elif APPLY == ROW_ALONE
             ok = 0
#else
             batch = batch | (1 << row); ok = 0
#endif
          :: else
          fi;
          row++
       :: else -> break
       od;
#if APPLY == CLOSURE_TORN
       if :: TWICE(0, 1) || (ROWS > 2 && TWICE(0, LAST)) || (ROWS > 2 && TWICE(1, LAST)) -> ok = 0 :: else fi;
#endif
       if
       :: ok ->
          row = 0; do :: row < ROWS -> if :: IN(batch, row) -> secondary[row] = read[row] :: else fi; row++ :: else -> break od;
          printf("@ applier%d secondary: commit batch %d -> %d %d %d\n", id, batch, ALL(secondary))
       :: else -> printf("@ applier%d secondary: unique violation, batch is now %d\n", id, batch)
       fi;
  overwritten:
       row = 0;
       UNIQUE_HOLDS;
       do :: row < ROWS -> if :: key_lock[row] == ME -> key_lock[row] = 0 :: else fi; row++ :: else -> break od;
       row = 0
     };
     /* delete the journal entries seen, or start again with the larger batch */
     if
#if APPLY == OVERWRITE
     :: 1 -> d_step { journal[key] = journal[key] & ~seen[key]; attempts = 0 }
#endif
     :: APPLY != OVERWRITE && ok ->
        d_step {
          row = 0;
          do :: row < ROWS -> if :: IN(batch, row) -> journal[row] = journal[row] & ~seen[row] :: else fi; row++ :: row >= ROWS -> break od;
          attempts = 0
        }
     :: APPLY == ROW_ALONE && !ok -> NOT_STUCK      /* W3 */
     :: APPLY > OVERWRITE && !ok ->
        d_step { read[0] = 0; read[1] = 0; read[LAST] = 0; seen[0] = 0; seen[1] = 0; seen[LAST] = 0 } goto start
     fi;
     d_step {
       row = 0; batch = 0; key = 0; ok = 0;
       read[0] = 0; read[1] = 0; read[LAST] = 0; seen[0] = 0; seen[1] = 0; seen[LAST] = 0
     }
  od;
  appliers_done++
}

#else

/* OPTIMISTIC. `row_now` is the batch as this transaction sees it; it becomes `secondary` at the commit. An index entry
 * that a transaction has removed or added stays locked until it ends: whoever wants that value waits for it, or is
 * chosen as a deadlock victim. */
#define VALUES 4
byte value_lock[VALUES];
byte lost_sessions;

#define HELD_OUTSIDE(x, value) (!IN(batch, x) && secondary[x] == value)
#define HELD_INSIDE(x, value) (IN(batch, x) && x != row && row_now[x] == value)
#define TAKEN(value) (HELD_OUTSIDE(0, value) || HELD_OUTSIDE(1, value) || HELD_OUTSIDE(LAST, value) || \
                      HELD_INSIDE(0, value) || HELD_INSIDE(1, value) || HELD_INSIDE(LAST, value))

inline end_session() {
  d_step {
    row = 0; do :: row < ROWS -> if :: key_lock[row] == ME -> key_lock[row] = 0 :: else fi; row++ :: else -> break od;
    row = 1; do :: row < VALUES -> if :: value_lock[row] == ME -> value_lock[row] = 0 :: else fi; row++ :: else -> break od;
    row = 0
  }
}
inline forget_reads() {
  d_step {
    row = 0;
    do :: row < ROWS -> read[row] = 0; seen[row] = 0; row_now[row] = 0; row++ :: else -> break od;
    row = 0
  }
}

/* Wait for a value's index entry. Otherwise the transaction is gone: deadlock victim, or its session was ended. */
inline lock_value(value) {
  if
  :: atomic { value_lock[value] == 0 || value_lock[value] == ME -> value_lock[value] = ME; ok = 1 }
  :: value_lock[value] != 0 && value_lock[value] != ME -> ok = 0
  :: atomic { lost_sessions < LOST_SESSIONS -> lost_sessions++; ok = 0; printf("@ server ends session of applier%d\n", id) }
  fi
}

proctype Applier(byte id) {
  byte batch = 0, row = 0, attempts = 0, wanted = 0; byte read[ROWS], seen[ROWS], row_now[ROWS]; bool ok = 0;
  do
  :: atomic { journal[0] != 0 -> batch = 1 } goto start
  :: atomic { journal[1] != 0 -> batch = 2 } goto start
  :: atomic { ROWS > 2 && journal[LAST] != 0 -> batch = (1 << LAST) } goto start
  :: writers_done == WRITERS && journal[0] == 0 && journal[1] == 0 && journal[LAST] == 0 -> break;
  start:
     lock_batch();
     d_step {
       do
       :: row < ROWS ->
          if :: IN(batch, row) -> read[row] = primary[row]; seen[row] = journal[row]; row_now[row] = secondary[row] :: else fi; row++
       :: else -> break
       od;
       row = 0;
       printf("@ applier%d primary: snapshot of batch %d -> %d %d %d\n", id, batch, ALL(read))
     };
  write:
#if PARK
     /* delete what is gone, park what changes */
     do
     :: row < ROWS && IN(batch, row) && row_now[row] != 0 && row_now[row] != read[row] ->
        lock_value(row_now[row]);
        if :: ok -> row_now[row] = 0 :: else -> goto roll_back fi;
        row++
     :: row < ROWS && !(IN(batch, row) && row_now[row] != 0 && row_now[row] != read[row]) -> row++
     :: row >= ROWS -> break
     od;
     row = 0;
#endif
     /* write the rows in key order */
     do
     :: row < ROWS && IN(batch, row) && row_now[row] != read[row] ->
#if !PARK
        if :: row_now[row] != 0 -> lock_value(row_now[row]); if :: ok :: else -> goto roll_back fi :: else fi;
        if :: read[row] == 0 -> row_now[row] = 0; row++; goto next :: else fi;
#endif
        lock_value(read[row]);
        if :: ok :: else -> goto roll_back fi;
        if
        :: !TAKEN(read[row]) -> row_now[row] = read[row]
        :: else ->
           printf("@ applier%d secondary: row%d := %d is a unique violation\n", id, row, read[row]);
#if CONFLICT == TAKE_IN
           goto violation
#elif CONFLICT == SKIP_ROW
           skip
#else
           d_step {
             wanted = read[row]; row = 0;
             do :: row < ROWS && HELD_OUTSIDE(row, wanted) -> break :: row < ROWS && !HELD_OUTSIDE(row, wanted) -> row++ :: row >= ROWS -> break od;
             wanted = 0
           }
           if
           :: row < ROWS ->
              d_step {
                read[row] = primary[row]; seen[row] = journal[row];
                printf("@ applier%d primary: row%d read without its key lock -> %d\n", id, row, read[row])
              }
              if
              :: atomic { key_lock[row] == 0 -> key_lock[row] = ME; row_now[row] = secondary[row]; batch = batch | (1 << row) }
              :: key_lock[row] != 0 && key_lock[row] != ME -> goto roll_back
              fi;
              row = 0; goto write
           :: else -> goto roll_back
           fi
#endif
        fi;
        row++;
#if !PARK
  next: skip
#endif
     :: row < ROWS && !(IN(batch, row) && row_now[row] != read[row]) -> row++
     :: row >= ROWS -> break
     od;
     row = 0;
     atomic {
       do :: row < ROWS -> if :: IN(batch, row) -> secondary[row] = row_now[row] :: else fi; row++ :: else -> break od;
       printf("@ applier%d secondary: commit batch %d -> %d %d %d\n", id, batch, ALL(secondary));
       UNIQUE_HOLDS;
       end_session()
     };
     d_step {
       do :: row < ROWS -> if :: IN(batch, row) -> journal[row] = journal[row] & ~seen[row] :: else fi; row++ :: else -> break od;
       attempts = 0; row = 0; batch = 0; ok = 0
     };
     forget_reads();
     goto done;
  violation:
     end_session();
     /* after the roll-back: which rows hold the values we want? Another transaction may have moved them meanwhile. */
     d_step {
       do
       :: row < ROWS ->
          wanted = secondary[row];
          if
          :: !IN(batch, row) && wanted != 0 && ((IN(batch, 0) && read[0] == wanted) || (IN(batch, 1) && read[1] == wanted) || (IN(batch, LAST) && read[LAST] == wanted)) ->
             batch = batch | (1 << row)
          :: else
          fi;
          row++
       :: else -> break
       od;
       row = 0; wanted = 0; ok = 0;
       printf("@ applier%d secondary: rolled back, batch is now %d\n", id, batch)
     };
     forget_reads();
     if :: APPLIERS == 1 -> NOT_STUCK :: else fi;      /* W3 */
     goto start;
  roll_back:
     end_session();
     forget_reads();
     ok = 0;
     goto start;
  done: skip
  od;
  appliers_done++
}
#endif

init {
  byte i = 0;
  atomic {
    /* rows 0 and 1 exist on both sides with 1 and 2; row 2 may exist with 3 */
    primary[0] = 1; secondary[0] = 1; primary[1] = 2; secondary[1] = 2;
    if :: ROWS > 2 -> primary[LAST] = 3; secondary[LAST] = 3 :: ROWS > 2 :: else fi;
    do :: i < WRITERS -> run Writer(i); i++ :: else -> break od;
    i = 0;
    do :: i < APPLIERS -> run Applier(i); i++ :: else -> break od
  }
  /* At rest both sides hold the same rows. */
  atomic {
    writers_done == WRITERS && appliers_done == APPLIERS ->
    i = 0; do :: i < ROWS -> assert(primary[i] == secondary[i]); i++ :: else -> break od      /* W3 W6 */
  }
}
