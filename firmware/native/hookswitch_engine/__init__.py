"""The SIP and media engine: `pjsua2` as pjproject wrote it, `native` as we did.

Both are compiled; nothing is imported here, so that `import hookswitch_engine.native` costs only
what it uses.  The recipe and the C source are in firmware/native/.
"""
