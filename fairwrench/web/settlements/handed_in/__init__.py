"""Who handed in when: figures and ratings that each person answers for by a deadline, as the application knows."""
