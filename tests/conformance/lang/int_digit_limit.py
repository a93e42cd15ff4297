"""The limit on the digits of texts of integers, as the program sets it."""
import sys

print(sys.get_int_max_str_digits(), sys.getswitchinterval())
big = 10**5000
try:
    str(big)
except ValueError as e:
    print(e)
sys.set_int_max_str_digits(6000)
print(sys.get_int_max_str_digits(), len(str(big)), int(str(big)) == big)
try:
    sys.set_int_max_str_digits(100)
except ValueError as e:
    print(e)
sys.set_int_max_str_digits(0)
print(len(str(10**7000)), sys.get_int_max_str_digits())
sys.setswitchinterval(0.01)
print(sys.getswitchinterval())
try:
    sys.setswitchinterval(0)
except ValueError as e:
    print(e)
sys.settrace(None)
sys.setprofile(None)
