"""SIP: telephones and carriers, and the only holder of pjsua2 objects; `agent.py` is the door."""
