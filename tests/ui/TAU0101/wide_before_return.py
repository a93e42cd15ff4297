été = 'été'; return été
