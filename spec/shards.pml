/* shards.pml: the switch when the target is N shards.
 *
 * Modelled: the fence rows of the source (database 0) and of two shards (1 and 2); two controllers that switch forth
 * and back, one of which may be killed between any two steps; a third process that recovers at any moment. Writes,
 * journal and drain are those of switch.pml and left out.
 *
 * Checked (invariants of DESIGN section 9):
 *   W8  the source and a shard are never primary at once                       NO_TWO_PRIMARIES
 *   W8  the end is one of the two whole states, nobody waits for ever          Recovery, Spin's invalid end states
 *
 * Options: DECISION_ROW=1  only the fence row of the lowest database of the old primary side decides (PROTOCOL 6.7)
 *          DECISION_ROW=0  (wrong) every shard gives up on its own
 *          SWITCHES        per controller; also how often the recovery acts before its last round
 */
#ifndef DECISION_ROW
#define DECISION_ROW 1
#endif

#ifndef SWITCHES
#define SWITCHES 3
#endif

#define PRIMARY   1
#define SECONDARY 2
#define FROZEN    3

byte role[3], epoch[3];
byte done;
bool stopped[2];

#define NO_TWO_PRIMARIES assert(!(role[0] == PRIMARY && (role[1] == PRIMARY || role[2] == PRIMARY)))

/* compare-and-set on role and epoch */
inline set_role(database, old_role, old_epoch, new_role, new_epoch) {
  atomic {
    if
    :: role[database] == old_role && epoch[database] == old_epoch ->
       role[database] = new_role; epoch[database] = new_epoch; won = 1;
       printf("@ controller%d database%d := role %d epoch %d\n", controller, database, new_role, new_epoch)
    :: else -> won = 0
    fi;
    NO_TWO_PRIMARIES      /* W8 */
  }
}
/* follow the decision, unless this database has been brought to that epoch or beyond */
inline raise_role(database, new_role, new_epoch) {
  atomic {
    if
    :: epoch[database] < new_epoch ->
       role[database] = new_role; epoch[database] = new_epoch;
       printf("@ controller%d database%d := role %d epoch %d\n", controller, database, new_role, new_epoch)
    :: else
    fi;
    NO_TWO_PRIMARIES      /* W8 */
  }
}

inline switch_to_shards() {
  atomic { at = epoch[0]; won = (role[0] == PRIMARY) };
  if :: won -> set_role(0, PRIMARY, at, FROZEN, at + 1) :: else fi;
  if
  :: won ->
     set_role(0, FROZEN, at + 1, SECONDARY, at + 2);                     /* the decision */
     if :: won -> raise_role(1, PRIMARY, at + 2); raise_role(2, PRIMARY, at + 2) :: else fi
  :: else
  fi;
  at = 0; won = 0
}

inline switch_to_source() {
  atomic { at = epoch[1]; won = (role[1] == PRIMARY && role[2] == PRIMARY && epoch[2] == at) };
  if :: won -> set_role(1, PRIMARY, at, FROZEN, at + 1) :: else fi;
  if
  :: won ->
     set_role(2, PRIMARY, at, FROZEN, at + 1);
#if DECISION_ROW
     if
     :: won ->
        set_role(1, FROZEN, at + 1, SECONDARY, at + 2);                  /* the decision */
        if :: won -> raise_role(2, SECONDARY, at + 2); raise_role(0, PRIMARY, at + 2) :: else fi
     :: else
     fi
#else
     if
     :: won ->
        set_role(2, FROZEN, at + 1, SECONDARY, at + 2);
        if :: won -> raise_role(1, SECONDARY, at + 2); raise_role(0, PRIMARY, at + 2) :: else fi
     :: else
     fi
#endif
  :: else
  fi;
  at = 0; won = 0
}

#define UNFINISHED (role[0] == FROZEN || role[1] == FROZEN || (role[0] == SECONDARY && role[1] == SECONDARY) || (epoch[2] < epoch[1]))
inline recover() {
  if
  :: atomic { role[0] == FROZEN -> at = epoch[0] };
     set_role(0, FROZEN, at, PRIMARY, at + 1);
     if :: won -> raise_role(1, SECONDARY, at + 1); raise_role(2, SECONDARY, at + 1) :: else fi
  :: atomic { role[1] == FROZEN -> at = epoch[1] };
     set_role(1, FROZEN, at, PRIMARY, at + 1);
     if :: won -> raise_role(2, PRIMARY, at + 1); raise_role(0, SECONDARY, at + 1) :: else fi
  :: atomic { role[0] == SECONDARY && role[1] == SECONDARY -> at = (epoch[0] > epoch[1] -> epoch[0] : epoch[1]) };
     /* both gave up: the higher epoch says who did so last */
     if
     :: epoch[0] > epoch[1] -> raise_role(1, PRIMARY, at); raise_role(2, PRIMARY, at)
     :: epoch[1] > epoch[0] -> raise_role(2, SECONDARY, at); raise_role(0, PRIMARY, at)
     :: else
     fi
  :: atomic { role[1] == PRIMARY && epoch[2] < epoch[1] -> at = epoch[1] }; raise_role(2, PRIMARY, at)
  :: atomic { role[1] == SECONDARY && epoch[2] < epoch[1] -> at = epoch[1] }; raise_role(2, SECONDARY, at)
  :: else -> skip
  fi;
  at = 0; won = 0
}

proctype Controller(byte controller) {
  byte at = 0, switches = 0; bool won = 0;
  {
    do
    :: switches < SWITCHES -> if :: switch_to_shards() :: switch_to_source() fi; switches++
    :: switches >= SWITCHES -> break
    od
  } unless { stopped[controller] };
  done++
}

proctype Recovery(byte controller) {
  byte at = 0, attempts = 0; bool won = 0;
  do
  :: attempts < SWITCHES -> if :: UNFINISHED -> recover() :: done >= 2 -> skip fi; attempts++
  :: else -> break
  od;
  (done >= 2);
  /* at last one side is primary as a whole */
  do
  :: role[0] == PRIMARY && role[1] == SECONDARY && role[2] == SECONDARY -> break
  :: role[1] == PRIMARY && role[2] == PRIMARY && role[0] == SECONDARY -> break
  :: UNFINISHED -> recover()
  :: role[0] == PRIMARY && (role[1] != SECONDARY || role[2] != SECONDARY) && epoch[1] < epoch[0] ->
     raise_role(1, SECONDARY, epoch[0]); raise_role(2, SECONDARY, epoch[0])
  :: role[0] == PRIMARY && role[2] != SECONDARY && epoch[2] < epoch[0] -> raise_role(2, SECONDARY, epoch[0])
  :: role[1] == PRIMARY && role[2] == PRIMARY && role[0] != SECONDARY && epoch[0] < epoch[1] ->
     raise_role(0, SECONDARY, epoch[1])
  od;
  done++
}

/* kill -9 of one controller, or of none */
proctype Killer() { if :: stopped[0] = 1 :: stopped[1] = 1 :: skip fi }

init {
  atomic {
    run Killer();
    role[0] = PRIMARY; role[1] = SECONDARY; role[2] = SECONDARY;
    epoch[0] = 1; epoch[1] = 1; epoch[2] = 1;
    run Controller(0); run Controller(1); run Recovery(2)
  }
}
