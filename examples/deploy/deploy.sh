#!/bin/sh
# Brings the artifact and its unit to a machine, over ssh: ./deploy.sh root@chat.example.com
set -eu
scp chat.holdall chat.service "$1:/root/"
ssh "$1" 'install chat.holdall /opt/ && install -m 644 chat.service /etc/systemd/system/ &&
  systemctl daemon-reload && systemctl enable chat && systemctl restart chat'
