PYTHONPATH=generated python3 check.py
