"""The statements, one file each: the order of these lines is that of reports."""

from proofs_check.theorems.t2 import T2 as T2
from proofs_check.theorems.t5 import T5 as T5
from proofs_check.theorems.t6 import T6 as T6
from proofs_check.theorems.t7 import T7 as T7
from proofs_check.theorems.t8 import T8 as T8
from proofs_check.theorems.t9 import T9 as T9
from proofs_check.theorems.t10 import T10 as T10
from proofs_check.theorems.t11 import T11 as T11
from proofs_check.theorems.t12 import T12 as T12
from proofs_check.theorems.t13 import T13 as T13
from proofs_check.theorems.t14 import T14 as T14
from proofs_check.theorems.t15 import T15 as T15
from proofs_check.theorems.t16 import T16 as T16
from proofs_check.theorems.t17 import T17 as T17
from proofs_check.theorems.t18 import T18 as T18
