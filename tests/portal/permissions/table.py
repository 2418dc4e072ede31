"""The truth about who may open what; ``docs/permissions.md`` is made from it."""

PEOPLE = {
    "-": "nobody has logged in",
    "V": "viewer of the municipality",
    "E": "editor of the municipality",
    "H": "head of the municipality",
    "M": "head of another municipality of the same country",
    "A": "assessor who is assigned to the application",
    "B": "assessor who is not assigned",
    "C": "country officer of the municipality's country",
    "D": "country officer of another country",
    "G": "grant officer",
    "P": "programme officer",
    "U": "auditor",
    "X": "administrator",
}
OUTCOMES = {
    "+": "the page, the file, or the form again",
    "w": "the page, and its form may be sent",
    "r": "leads on to another page",
    "L": "leads to the login",
    ".": "404: for this person it does not exist",
    "F": "403",
    "x": "405: there is nothing to send here, or nothing to look at",
}

# Columns: looking (GET), sending an empty form (POST), name of the address, what it is about.
PAGES = """
# Public pages
rrrrrrrrrrrrr  rrrrrrrrrrrrr  root
+++++++++++++  xxxxxxxxxxxxx  home
+++++++++++++  xxxxxxxxxxxxx  calls:list
+++++++++++++  xxxxxxxxxxxxx  calls:detail  open call
+++++++++++++  xxxxxxxxxxxxx  calls:detail  decided call
.........++++  xxxxxxxxxxxxx  calls:detail  draft call
+++++++++++++  xxxxxxxxxxxxx  calls:questions  open call
.........++++  xxxxxxxxxxxxx  calls:questions  draft call
rrrrrrrrrrrrr  xxxxxxxxxxxxx  calls:suggestions  open call
.........rrrr  xxxxxxxxxxxxx  calls:suggestions  draft call
+++++++++++++  xxxxxxxxxxxxx  calls:changes  open call
.........++++  xxxxxxxxxxxxx  calls:changes  draft call
+++++++++++++  xxxxxxxxxxxxx  calls:results  decided call
.........++++  xxxxxxxxxxxxx  calls:results  draft call
+++++++++++++  xxxxxxxxxxxxx  calls:print  open call
.........++++  xxxxxxxxxxxxx  calls:print  draft call
+++++++++++++  xxxxxxxxxxxxx  calls:print_pdf  open call
.........++++  xxxxxxxxxxxxx  calls:print_pdf  draft call
+++++++++++++  xxxxxxxxxxxxx  calls:calendar_of_all
+++++++++++++  xxxxxxxxxxxxx  calls:calendar  open call
.............  xxxxxxxxxxxxx  calls:calendar  draft call
+++++++++++++  xxxxxxxxxxxxx  calls:feed_of_all
+++++++++++++  xxxxxxxxxxxxx  calls:feed  open call
.............  xxxxxxxxxxxxx  calls:feed  draft call
+++++++++++++  xxxxxxxxxxxxx  calls:answers  open call
.............  xxxxxxxxxxxxx  calls:answers  draft call
+++++++++++++  xxxxxxxxxxxxx  calls:answers_pdf  open call
.............  xxxxxxxxxxxxx  calls:answers_pdf  draft call
+++++++++++++  xxxxxxxxxxxxx  calls:answers_feed  open call
.............  xxxxxxxxxxxxx  calls:answers_feed  draft call
L++++++++++++  L++++++++++++  calls:ask  open call
L............  L............  calls:ask  draft call
L++++++++++++  Lrrrrrrrrrrrr  calls:follow  open call
L............  L............  calls:follow  draft call
L++++++++++++  Lrrrrrrrrrrrr  calls:unfollow  open call
L............  L............  calls:unfollow  draft call
L++++++++++++  xxxxxxxxxxxxx  calls:searches
xxxxxxxxxxxxx  Lrrrrrrrrrrrr  calls:save_search
L.+..........  L.+..........  calls:rename_search  search of the editor
xxxxxxxxxxxxx  L.r..........  calls:switch_alerts  search of the editor
L.+..........  L.r..........  calls:delete_search  search of the editor
+++++++++++++  +++++++++++++  calls:way_out  way out of an e-mail
.............  .............  calls:way_out  no way out of an e-mail
+++++++++++++  xxxxxxxxxxxxx  calls:opendata
+++++++++++++  xxxxxxxxxxxxx  opendata_calls
+++++++++++++  xxxxxxxxxxxxx  opendata_schema
+++++++++++++  xxxxxxxxxxxxx  sitemap
+++++++++++++  xxxxxxxxxxxxx  robots
+++++++++++++  xxxxxxxxxxxxx  content:page  page
xxxxxxxxxxxxx  rrrrrrrrrrrrr  content:language
L++++++++++++  xxxxxxxxxxxxx  content:logged_in
rrrrrrrrrrrrr  rrrrrrrrrrrrr  set_language
.....++++++++  xxxxxxxxxxxxx  content:styleguide
+++++++++++++  xxxxxxxxxxxxx  grants:confirm  letter
.............  xxxxxxxxxxxxx  grants:confirm  no letter
+++++++++++++  +++++++++++++  applications:receipt_check
+++++++++++++  xxxxxxxxxxxxx  applications:receipt_keys
+++++++++++++  xxxxxxxxxxxxx  applications:receipt_script

# A municipality's own
L++++++++++++  xxxxxxxxxxxxx  applications:list
L+++.........  xxxxxxxxxxxxx  applications:municipality  municipality
L+++.........  xxxxxxxxxxxxx  applications:export  municipality
L++++++++++++  xxxxxxxxxxxxx  applications:messages
L..+.........  xxxxxxxxxxxxx  applications:message  message
L++++++++++++  L.rrr........  applications:start  open call
L........++++  L............  applications:start  draft call
L+++.....++++  xxxxxxxxxxxxx  applications:tasks  draft
Lrrr...r.rrrr  xxxxxxxxxxxxx  applications:tasks  submitted
Lr++.....rrrr  L.rr.........  applications:section  draft
Lrrr...r.rrrr  L............  applications:section  submitted
+++++++++++++  +++++++++++++  applications:invitation
rrrrrrrrrrrrr  rrrrrrrrrrrrr  applications:take_up
L.++.........  L.++.........  applications:helpers  draft
L.++.........  L............  applications:helpers  submitted
L.rr.........  L.++.........  applications:helper  helper of the draft
L+++.........  xxxxxxxxxxxxx  applications:remarks  draft
L+++.........  xxxxxxxxxxxxx  applications:remarks  submitted
L+++.........  L+++.........  applications:remark  question of the draft
L+++.....++++  L.++.........  applications:changes  draft
L+++...+.++++  L.++.........  applications:changes  submitted
L+++.....++++  xxxxxxxxxxxxx  applications:review  draft
L+++...+.++++  xxxxxxxxxxxxx  applications:review  submitted
xxxxxxxxxxxxx  L.rr.........  applications:ready  draft
xxxxxxxxxxxxx  L.rr.........  applications:ready  submitted
L.++.........  xxxxxxxxxxxxx  applications:here  draft
xxxxxxxxxxxxx  L.++.........  applications:submit  draft
xxxxxxxxxxxxx  L.rr.........  applications:submit  submitted
L.++.........  L.rr.........  applications:withdraw  draft
L.rr.........  L.rr.........  applications:withdraw  submitted
L.++.........  L.rr.........  applications:reuse  draft
L.rr.........  L.rr.........  applications:reuse  submitted
L.++.........  xxxxxxxxxxxxx  applications:reused  what the draft took over
L............  xxxxxxxxxxxxx  applications:earlier  draft
L...+....++++  xxxxxxxxxxxxx  applications:earlier  second stage of a neighbour
L+++.....++++  xxxxxxxxxxxxx  applications:versions  draft
L+++...+.++++  xxxxxxxxxxxxx  applications:versions  submitted
L...+..+.++++  xxxxxxxxxxxxx  applications:versions  application of a neighbour
L............  xxxxxxxxxxxxx  applications:compare  submitted
L...+..+.++++  xxxxxxxxxxxxx  applications:compare  application of a neighbour
L+++...+.++++  L.++.........  applications:clarification  clarified
L............  L............  applications:clarification  submitted
L.rr.........  L.rr.........  applications:reopen  draft
L.rr.........  L.rr.........  applications:reopen  submitted
L.rr.........  L.rr.........  applications:discard  submitted
xxxxxxxxxxxxx  L.++.........  applications:upload  draft
xxxxxxxxxxxxx  L.+..........  applications:upload_state  upload of the editor
xxxxxxxxxxxxx  L.+..........  applications:upload_chunk  upload of the editor
xxxxxxxxxxxxx  L.+..........  applications:upload_finish  upload of the editor
xxxxxxxxxxxxx  L.+..........  applications:upload_cancel  upload of the editor
L+++.....++++  xxxxxxxxxxxxx  applications:pdf  draft
L+++...+.++++  xxxxxxxxxxxxx  applications:pdf  submitted
L...+..+.++++  xxxxxxxxxxxxx  applications:pdf  application of a neighbour
L+++...+.++++  xxxxxxxxxxxxx  applications:submission_pdf  submitted
L...+..+.++++  xxxxxxxxxxxxx  applications:submission_pdf  application of a neighbour
L+++...+.++++  xxxxxxxxxxxxx  applications:receipt_pdf  submitted
L...+..+.++++  xxxxxxxxxxxxx  applications:receipt_pdf  application of a neighbour
L+++...+.++++  xxxxxxxxxxxxx  applications:receipt_file  submitted
L...+..+.++++  xxxxxxxxxxxxx  applications:receipt_file  application of a neighbour
L+++...+.++++  xxxxxxxxxxxxx  applications:submission_json  submitted
L...+..+.++++  xxxxxxxxxxxxx  applications:submission_json  application of a neighbour
L+++...+.++++  xxxxxxxxxxxxx  applications:receipt  submitted
L...+..+.++++  xxxxxxxxxxxxx  applications:receipt  application of a neighbour
L++++++++++++  Lxxxxxxxxxxxx  grants:list

# Files
+++++++++++++  xxxxxxxxxxxxx  documents:file  document of the call
L+++.+.+.++++  xxxxxxxxxxxxx  documents:file  file of an answer
L+++.+.+.++++  xxxxxxxxxxxxx  documents:preview  file of an answer
L+++...+.++++  xxxxxxxxxxxxx  documents:file  letter

# Administration
L....++++++++  L....++++++++  admin:index
L......++++++  L......++++++  admin:app_list  open call
L....++++++++  L....++++++++  admin:search
L......++++++  L....xxxxxxxx  admin:autocomplete  choice of a municipality
L........++++  L....xxxxxxxx  admin:autocomplete  choice of a person
L....++++++++  L....xxxxxxxx  admin:jsi18n
L....rrrrrrrr  L....rrrrrrrr  admin:view_on_site  page
LFFFF++++++++  LFFFF++++++++  admin:login
r....xxxxxxxx  r....++++++++  admin:logout
L....++++++++  L....++++++++  admin:password_change
L....++++++++  L....xxxxxxxx  admin:password_change_done
L............  L............  admin:notices_message_send_again  message
L.........+.+  L.........r.r  admin:notices_message_send_again  message, given up
L.........+.+  L.........+.+  admin:calls_call_import_file
L....rrrrrrrr  L....rrrrrrrr  admin:calls_call_preview  open call
L........rrrr  L........rrrr  admin:calls_call_preview  draft call
L....++++++++  L....++++++++  admin:calls_call_download  open call
L........++++  L........++++  admin:calls_call_download  draft call
L.........+.+  L.........+.+  admin:calls_call_publish_call  draft call
L.........+.+  L.........+.+  admin:calls_call_cancel_call  open call
L............  L............  admin:calls_call_archive_call  open call
L.........+.+  L.........+.+  admin:calls_setup_new
L.........+.+  L.........+.+  admin:calls_setup_copy  open call
L........++++  L.........r.r  admin:calls_setup  draft call
L............  L.........r.r  admin:calls_setup  open call
L........++++  L............  admin:calls_setup_list  rule of the draft call
L........++++  L.........+.+  admin:calls_setup_list  money of the draft call
L.........+.+  L.........+.+  admin:calls_setup_add  rule of the draft call
L........++++  L.........+.+  admin:calls_setup_part  rule of the draft call
L.........+.+  L.........r.r  admin:calls_setup_remove  rule of the draft call
L............  L.........r.r  admin:calls_setup_order  rule of the draft call
L............  L.........r.r  admin:calls_setup_unschedule  draft call
L........++++  L.........r.r  admin:calls_setup_stage_form  stage of the draft call
L.........+.+  L.........+.+  admin:calls_setup_form_copy  stage of the draft call
L........++++  L.........+.+  admin:calls_setup_stage_checks  stage of the draft call
L........++++  L.........+.+  admin:calls_setup_stage_grid  stage of the draft call
L............  L.........r.r  admin:calls_setup_grid_add  stage of the draft call
L.........+.+  L.........r.r  admin:calls_setup_grid_remove  stage of the draft call
L.........+.+  L.........+.+  admin:calls_setup_grid_copy  stage of the draft call
L.........+.+  L.........+.+  admin:calls_setup_question_add  section of the draft call
L........++++  L.........+.+  admin:calls_setup_question  question of the draft call
L.........+.+  L.........+.+  admin:calls_setup_question_move  question of the draft call
L............  L.........r.r  admin:calls_setup_question_duplicate  question of the draft call
L.........+.+  L.........r.r  admin:calls_setup_question_remove  question of the draft call
L.........+.+  L.........r.r  admin:calls_setup_section_remove  section of the draft call
L........++++  L....xxxxxxxx  admin:calls_setup_preview  stage of the draft call
L........++++  L....xxxxxxxx  admin:calls_setup_preview_page  stage of the draft call
L......++++++  L....xxxxxxxx  admin:calls_setup_preview  stage of the open call
L......++++++  L....xxxxxxxx  admin:calls_setup_preview_page  stage of the open call
L.........+.+  L.........+.+  admin:calls_waiver_revoke  waiver
L......+..+.+  L......+..+.+  admin:calls_enquiry_write  question
L.........+.+  L.........+.+  admin:calls_enquiry_publish  question
L.........+.+  L.........+.+  admin:calls_enquiry_already  question
L.........+.+  L.........+.+  admin:calls_enquiry_decline  question
L............  L.........+.+  admin:calls_enquiry_decline  question, answered
L.........+.+  L.........+.+  admin:calls_enquiry_correct  question, answered
L............  L............  admin:calls_enquiry_correct  question
L........++++  L.........r.r  admin:calls_amend  open call
L........++++  L.........+.+  admin:calls_amend_review  working copy
L.........+.+  L.........r.r  admin:calls_amend_discard  working copy
L.........r.r  L.........r.r  admin:calls_amend_renew  working copy
L.........+.+  L.........+.+  admin:calls_extend_deadline  open call
L......++++++  L............  admin:calls_extensions  open call
L.........+.+  L.........+.+  admin:calls_extension_grant  open call
L.........+.+  L.........+.+  admin:calls_extension_revoke  extension
L.........+.+  L.........+.+  admin:applications_stageentry_ask  submitted
L............  L............  admin:applications_stageentry_ask  clarified
L.........+.+  L.........r.r  admin:applications_clarification_withdraw  clarification

# Evaluation
L....++......  L....++......  admin:evaluation_my
L....+.......  L....+.......  admin:evaluation_declare  assessment, not begun
L....r.......  L....r.......  admin:evaluation_declare  assessment, begun
L....r...++++  L....r.......  admin:evaluation_score  assessment, not begun
L....+...++++  L....+.......  admin:evaluation_score  assessment, begun
L........++++  L............  admin:evaluation_score  assessment, completed
L............  L.........r.r  admin:evaluation_reopen  assessment, completed
L........++++  L........++++  admin:evaluation_stages
L........++++  L........++++  admin:evaluation_checks  stage
L........++++  L.........r.r  admin:evaluation_checklist  submitted
L............  L.........+.+  admin:evaluation_reject  submitted
L............  L.........r.r  admin:evaluation_consensus  differing scores
L........++++  L.........+.+  admin:evaluation_assign  stage
L........++++  L........++++  admin:evaluation_ranking  stage
L............  L.........r.r  admin:evaluation_make_shortlist  stage
L.........+.+  L.........r.r  admin:evaluation_freeze  stage
L......++++++  L......++++++  admin:evaluation_export  shortlist
L........++++  L........++++  admin:evaluation_export  shortlist, all
L............  L............  admin:evaluation_export  draft shortlist

# Awards
L.........+.+  L.........+.+  admin:grants_grant_award
L.........+.+  L.........+.+  admin:grants_grant_award_shortlist  shortlist
L.........r.r  L.........r.r  admin:grants_grant_award_shortlist  draft shortlist
"""

# The administration's own pages of records: list, add, change, delete, history. Columns of people as above.
RECORDS = """
L........++++  L...........+  L........+++w  L............  L........++++  accounts_country  country
L........++++  L.........+.+  L........+w+w  L............  L........++++  accounts_countryoffice  country office
L........++++  L...........+  L........+++w  L............  L........++++  accounts_region  region
L......++++++  L.........+.+  L......+.+w+w  L............  L......+.++++  accounts_municipality  municipality
L........++++  L.........+.+  L........+w+w  L............  L........++++  accounts_person  person
L........++++  L............  L........++++  L............  L........++++  notices_message  message
L........++++  L.........+.+  L........+w+w  L...........+  L........++++  content_page  page
L......++++++  L.........+.+  L......+++w+w  L............  L......++++++  calls_programme  programme
L......++++++  L.........+.+  L......+.+w+w  L............  L......+.++++  calls_programmemembership  network member
L......++++++  L.........r.r  L........rrrr  L............  L........++++  calls_call  draft call
L......++++++  L.........+.+  L......+.++++  L............  L......+.++++  calls_waiver  waiver
L......++++++  L............  L......+.++++  L............  L......+.++++  calls_enquiry  question
L......++++++  L............  L......+.++++  L............  L......+.++++  applications_application  application
L......++++++  L............  L......+.++++  L............  L......+.++++  applications_stageentry  submitted
L......++++++  L............  L......+.++++  L............  L......+.++++  applications_clarification  clarification
L....rr..++++  L............  L....rrrrrrrr  L............  L....rrrrrrrr  evaluation_assessment  assessment, begun
L......++++++  L............  L......++++++  L............  L....rrrrrrrr  evaluation_shortlist  shortlist
L......++++++  L............  L......+.++++  L............  L......+.++++  grants_grant  grant
L......++++++  L............  L......+.++++  L............  L......+.++++  grants_letter  letter
"""

# Login, password and second factor: GET and POST, each for nobody in particular and for anyone who has logged in.
ACCOUNT = """
+r  +r  account_login
r+  rr  account_logout
++  xx  account_inactive
+r  +r  account_signup
L+  L+  account_reauthenticate
L+  Lr  account_email
++  xx  account_email_verification_sent
L+  L+  account_change_password
Lr  Lr  account_set_password
++  ++  account_reset_password
Lr  Lr  account_confirm_login_code
++  ..  account_confirm_email  link to set a password
++  xx  account_reset_password_from_key_done
++  ++  account_reset_password_from_key  link to set a password
++  xx  account_reset_password_done
L+  Lx  mfa_index
Lr  Lr  mfa_authenticate
Lr  Lr  mfa_reauthenticate
Lr  Lr  mfa_activate_totp
L.  L.  mfa_deactivate_totp
L.  Lx  mfa_view_recovery_codes
Lr  Lr  mfa_generate_recovery_codes
L.  L.  mfa_download_recovery_codes
"""
