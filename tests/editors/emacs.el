;;; emacs.el --- Run by emacs.sh: what dialform.el shows of a broken project -*- lexical-binding: t; -*-

(require 'ert)
(require 'dialform)

(defvar dialform-test-project (getenv "DIALFORM_TEST_PROJECT"))
(setq dialform-command (list (getenv "DIALFORM"))
      flymake-no-changes-timeout 0.05)

(defconst dialform-test-good
  "campaign \"one\" {
    name \"Весна\"
    scenario \"promo\"
    on-transfer \"end\"
    caller-id \"default\"
    start \"manual\"
    pace \"1/s\"
    effective-after \"12s\"
    record #false
    redial #false
}
")

(defmacro dialform-test-with (text &rest body)
  "Visit a campaign file that holds TEXT, and do BODY there."
  (declare (indent 1))
  `(let ((file (expand-file-name "campaigns/deep/one.kdl" dialform-test-project)))
     (make-directory (file-name-directory file) t)
     (let ((coding-system-for-write 'utf-8-unix))
       (write-region ,text nil file nil 'silent))
     (with-current-buffer (find-file-noselect file)
       (unwind-protect
           (progn ,@body)
         (set-buffer-modified-p nil)
         (kill-buffer)))))

(defun dialform-test-found ()
  "What Flymake shows: the text underlined, the severity, the code."
  (save-restriction
    (widen)
    (mapcar (lambda (diagnostic)
              (list (buffer-substring-no-properties (flymake-diagnostic-beg diagnostic)
                                                    (flymake-diagnostic-end diagnostic))
                    (flymake-diagnostic-type diagnostic)
                    (substring (flymake-diagnostic-text diagnostic) 0 7)))
            (sort (flymake-diagnostics)
                  (lambda (a b) (< (flymake-diagnostic-beg a) (flymake-diagnostic-beg b)))))))

(defun dialform-test-reaches (wanted)
  "Check, and wait until WANTED is what is shown."
  (flymake-start)
  (let ((deadline (+ (float-time) 20)))
    (while (and (< (float-time) deadline) (not (equal (dialform-test-found) wanted)))
      (accept-process-output nil 0.02)))
  (should (equal (dialform-test-found) wanted)))

(ert-deftest dialform-test-findings ()
  (dialform-test-with (replace-regexp-in-string "1/s" "0/s" dialform-test-good)
    (should (eq major-mode 'dialform-mode))
    (dialform-test-reaches '(("\"0/s\"" :error "[DF114]")))
    ;; Not saved; Cyrillic letters before the mistake in its line.
    (goto-char (point-min))
    (search-forward "Весна\"")
    (insert "; comment \"Первая волна\"; pase \"1/s\"")
    (dialform-test-reaches '(("pase" :error "[DF101]") ("\"0/s\"" :error "[DF114]")))
    (should (buffer-modified-p))
    ;; Narrowed or not, places are those of the whole text.
    (narrow-to-region (point-min) (line-end-position))
    (flymake-start)
    (dialform-test-reaches '(("pase" :error "[DF101]") ("\"0/s\"" :error "[DF114]")))
    (widen)
    ;; Fixed.
    (erase-buffer)
    (insert dialform-test-good)
    (dialform-test-reaches nil)
    ;; The end of the text.
    (erase-buffer)
    (insert (substring dialform-test-good 0 -3))
    (dialform-test-reaches '(("e" :error "[DF003]")))))

(ert-deftest dialform-test-highlighting ()
  (dialform-test-with "campaign \"a\" {
    name #\"raw \\\"# /* c /* d */ e */
    pace \"\"\"
        x \" y
        \"\"\" // dialform: ignore[DF402] meant
    record #true trim-left=\"0s\"
    cidType \"x\"
}
"
    (font-lock-ensure)
    (let ((face (lambda (text)
                  (goto-char (point-min))
                  (search-forward text)
                  (get-text-property (match-beginning 0) 'face))))
      (should (eq (funcall face "campaign") 'font-lock-keyword-face))
      (should (eq (funcall face "name") 'font-lock-function-name-face))
      (should (eq (funcall face "raw") 'font-lock-string-face))
      (should (eq (funcall face "d */") 'font-lock-comment-face))
      (should (eq (funcall face "e */") 'font-lock-comment-face))
      (should (eq (funcall face "pace") 'font-lock-function-name-face))
      (should (eq (funcall face "y\n") 'font-lock-string-face))
      (should (memq 'font-lock-preprocessor-face (ensure-list (funcall face "dialform:"))))
      (should (eq (funcall face "record") 'font-lock-function-name-face))
      (should (eq (funcall face "#true") 'font-lock-constant-face))
      (should (eq (funcall face "trim-left") 'font-lock-variable-name-face))
      (should (eq (funcall face "cidType") nil)))))

(ert-deftest dialform-test-format ()
  (dialform-test-with dialform-test-good
    (goto-char (point-min))
    (search-forward "    pace ")
    (replace-match "  pace     ")
    (dialform-format-buffer)
    (should (equal (buffer-string) dialform-test-good))
    (erase-buffer)
    (insert "campaign {")
    (dialform-format-buffer)
    (should (equal (buffer-string) "campaign {"))))

(ert-deftest dialform-test-indent ()
  (dialform-test-with "campaign \"a\" {\nredial {\nbusy #false\n}\n}\n"
    (indent-region (point-min) (point-max))
    (should (equal (buffer-string) "campaign \"a\" {\n    redial {\n        busy #false\n    }\n}\n"))))

(ert-deftest dialform-test-other-files ()
  (with-current-buffer (find-file-noselect (expand-file-name "other.kdl" dialform-test-project))
    (should-not (eq major-mode 'dialform-mode))
    (kill-buffer))
  (with-current-buffer (find-file-noselect (expand-file-name "dialform.kdl" dialform-test-project))
    (should (eq major-mode 'dialform-mode))
    (kill-buffer)))

;;; emacs.el ends here
