"""What a branch does outside its meetings: 书记项目, work journal, volunteer service, practical deeds for people."""
